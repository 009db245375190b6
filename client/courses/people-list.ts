/** What was typed or pasted as people: e-mails, each once, in order; what is none is kept to be told. Takes lines, commas, semicolons and «Name <e-mail>». */
export function readEmails(text: string): { readonly emails: readonly string[]; readonly others: readonly string[] } {
  const emails: string[] = [];
  const others: string[] = [];
  for (const part of text.split(/[\n,;]+/)) {
    const said = part.trim();
    if (said === "") continue;
    const email = (/<([^<>]+)>\s*$/.exec(said)?.[1] ?? said).trim().toLowerCase();
    if (!/^[^\s@]+@[^\s@]+$/.test(email)) others.push(said);
    else if (!emails.includes(email)) emails.push(email);
  }
  return { emails, others };
}
