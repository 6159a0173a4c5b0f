import type { RuleChange, WaitingChange } from './policy-change.ts';

/**
 * A change of the policy for lists of plain text: for each rule a line with its id, its file and what it does, `!` before
 * one that opens something, and beneath it what it opens and closes, and in what its text differs. Every text of it is a
 * person's own: print it as text.
 */
export function changeLines({ rules }: Pick<WaitingChange, 'rules'>): string[] {
  return rules.flatMap(ruleLines);
}

function ruleLines({ id, file, kind, about, opens, closes, differences }: RuleChange): string[] {
  const sign = opens.length > 0 ? '!' : ' ';
  const reach = [...opens.map((said) => `opens: ${said}`), ...closes.map((said) => `closes: ${said}`)];
  return [`${sign} ${id}  (${file}, ${kind})  ${about}`, ...[...reach, ...differences].map((line) => `    ${line}`)];
}

/** What it is told against, as half a sentence. */
export function againstInWords({ against }: Pick<WaitingChange, 'against'>): string {
  return against === 'accepted' ? 'the policy that was accepted last' : 'the built-in policy of this version';
}

/** `1 rule opens something`; what is said where none does, and it waits all the same. */
export function opensInWords(count: number): string {
  if (count === 0) return 'it is not known which policy was accepted';
  return count === 1 ? '1 rule opens something' : `${count} rules open something`;
}
