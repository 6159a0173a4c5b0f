import type { BuiltInPart, PolicyUpgrade } from '../../model/policy-upgrade.ts';
import { count, partInWords } from '../../model/policy-upgrade-words.ts';

/** More lines than a dialog of the system's shows on every screen. */
const LINES = 20;

/** In words of our own: names and reaches of built-in parts, and names of files. */
export interface TakeOverQuestion {
  readonly message: string;
  readonly detail: string;
  readonly yes: string;
}

/**
 * What is put to the person before built-in parts are written into the policy folder, what they let through first.
 * @param chosen.digest of the folder that the parts were chosen for; another one is the gateway's to refuse.
 * @returns null where nothing of it is there to take over.
 */
export function takeOverQuestion(
  upgrade: PolicyUpgrade,
  chosen: { readonly digest: string; readonly parts: readonly string[] },
): TakeOverQuestion | null {
  const parts = upgrade.parts.filter(({ id }) => chosen.parts.includes(id));
  if (upgrade.digest !== chosen.digest || parts.length === 0) return null;
  const lines = parts
    .map((part) => ({ part, reach: partInWords(part).reach }))
    .sort((left, right) => Number(right.reach !== 'tightens') - Number(left.reach !== 'tightens'))
    .map(({ part, reach }) => `${part.id}${reach === '' ? '' : `: ${reach}`}`);
  const shown = lines.slice(0, LINES);
  const more = lines.length > shown.length ? [`and ${lines.length - shown.length} more, as Settings shows them`] : [];
  return {
    message: `Take over ${count(parts)}?`,
    detail: [
      ...shown,
      ...more,
      '',
      `Written into ${filesOf(parts)}; the files as they are now are copied beside them first. The new policy is in force at once, and what waits for your approval ends.`,
    ].join('\n'),
    yes: 'Take over',
  };
}

function filesOf(parts: readonly BuiltInPart[]): string {
  return [...new Set(parts.map(({ file }) => file))].join(', ');
}
