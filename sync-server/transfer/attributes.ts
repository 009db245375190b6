/** `{: .bash #id width="50%"}` of kramdown and `{.bash #id alt='…'}` of pandoc say the same with the same words. */
export interface Attributes {
  readonly classes: readonly string[];
  readonly values: ReadonlyMap<string, string>;
}

const PART = /([\w:-]+)\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"']+))|([#.])\s*([\w:-]+)|([\w:-]+)/gu;

/** Reads what stands between the braces. Names without a dot count as classes: `{: . output}` and `{: bash}` are met in real courses. */
export function parseAttributes(text: string): Attributes {
  const classes: string[] = [];
  const values = new Map<string, string>();
  for (const [, key, double, single, bare, sign, marked, plain] of text.matchAll(PART)) {
    if (key) values.set(key.toLowerCase(), double ?? single ?? bare ?? "");
    else if (sign !== "#") classes.push((marked ?? plain ?? "").toLowerCase());
  }
  return { classes, values };
}
