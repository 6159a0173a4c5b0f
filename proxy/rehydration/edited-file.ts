import { kindClassOf } from '../masking/plan/mask-rules.ts';
import { LAST_APPLIED } from '../masking/tokens/mask-form.ts';
import { holdsToken, tokensIn } from '../masking/tokens/mask-text.ts';
import type { ApiRequest } from '../request/api-request.ts';
import { textAt } from '../request/json-text.ts';
import type { JsonValue } from '../request/json-value.ts';
import { fieldOf, type Path } from './field-path.ts';
import type { FromElsewhere } from './restore.ts';
import type { Source } from './source.ts';

/**
 * A file of a ConfigMap in which other lines were changed than those with masks, as `kubectl edit` sends it. A line
 * becomes what it was if it is, as a whole, a line that the client was shown in this very file; and the file must be
 * shown again exactly as it was sent, because what is masked in a line may hang on the line before it.
 */
export function restoreEditedFile({ info }: ApiRequest, body: JsonValue, live: Source | null): FromElsewhere | null {
  if (live === null || kindClassOf(info) !== 'configmaps') return null;
  const written: Array<{ readonly path: Path; readonly text: string }> = [];
  return {
    restore: (text, path) => {
      const key = keyOf(path);
      if (key === null) return null;
      const masked = textAt(live.masked, 'data', key);
      const restored = withLines(text, masked, textAt(live.plain, 'data', key));
      if (restored !== null) written.push({ path, text });
      return restored;
    },
    shownIn: (shown: JsonValue) =>
      written
        .filter(({ path, text }) => {
          const key = keyOf(path) ?? '';
          // A copy that says what the object says is masked as the object is.
          return text !== textAt(body, 'data', key) || !masksSame(text, textAt(shown, 'data', key));
        })
        .map(({ path, text }) => ({ field: fieldOf(path), tokens: tokensIn(text) })),
  };
}

/** The key of `data`, in the object itself or in the copy of it that `kubectl apply` keeps. */
function keyOf(path: Path): string | null {
  const inCopy = path.length === 5 && path[0] === 'metadata' && path[2] === LAST_APPLIED;
  const [map, key] = inCopy ? path.slice(3) : path;
  return (inCopy || path.length === 2) && map === 'data' && typeof key === 'string' ? key : null;
}

/** Whether each line with a mask would be shown as it was sent. Others may be masked now: a credential that is new. */
function masksSame(sent: string, shown: string): boolean {
  const lines = sent.split('\n');
  const again = shown.split('\n');
  return lines.length === again.length && lines.every((line, index) => !holdsToken(line) || line === again[index]);
}

function withLines(text: string, masked: string, plain: string): string | null {
  const shown = masked.split('\n');
  const real = plain.split('\n');
  // A value of several lines is shown as one, and nobody can say which lines are its own.
  if (shown.length !== real.length) return null;
  const known = new Map(shown.map((line, index) => [line, real[index] ?? '']));
  const lines = text.split('\n').map((line) => (holdsToken(line) ? known.get(line) : line));
  return lines.includes(undefined) ? null : lines.join('\n');
}
