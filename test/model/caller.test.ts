import { expect, it } from 'vitest';
import { type Author, authorInWords, UNPROVEN } from '../../model/caller.ts';

it.each<[Author, string]>([
  [{ by: 'local:ada' }, 'local:ada'],
  [{ by: 'local:root', caller: { uid: 0, claims: { pid: 7 } } }, 'local:root'],
  [
    { by: 'local:root', caller: { uid: 0, claims: { sudoUser: 'alice', sudoUid: 1001, loginUid: 1001 } } },
    'local:root, through sudo by alice (claimed)',
  ],
  [
    { by: 'local:root', caller: { uid: 0, claims: { sudoUser: 'alice', sudoUid: 1001, loginUid: 1002 } } },
    'local:root, through sudo by alice, logged in as uid 1002 (claimed)',
  ],
  [{ by: 'local:root', caller: { uid: 0, claims: { loginUid: 1002 } } }, 'local:root, logged in as uid 1002 (claimed)'],
  [{ by: 'local:ada', caller: { uid: 1000, claims: { loginUid: 1000 } } }, 'local:ada'],
  [
    {
      by: UNPROVEN,
      caller: { uid: null, unproven: 'its proof cannot be written: ENOSPC', claims: { sudoUser: 'x' } },
    },
    'somebody unproven (its proof cannot be written: ENOSPC), through sudo by x (claimed)',
  ],
])('%j is said as %s', (author, words) => {
  expect(authorInWords(author)).toBe(words);
});
