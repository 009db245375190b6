/** Whether the text is in the clipboard now. A page that is not served over https has none, and a browser may refuse. */
export const copyText = (text: string): Promise<boolean> =>
  Promise.resolve()
    .then(() => navigator.clipboard.writeText(text))
    .then(
      () => true,
      () => false,
    );
