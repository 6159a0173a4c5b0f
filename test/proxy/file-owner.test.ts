import { expect, it } from 'vitest';
import { nameIn, userName } from '../../proxy/file-owner.ts';

const PASSWD = `root:x:0:0:root:/root:/bin/bash
toor:x:0:0::/root:/bin/sh
# a comment
+::::::
nobody:x:65534:65534::/nonexistent:/usr/sbin/nologin
`;

it.each([
  [0, 'root'],
  [65_534, 'nobody'],
  [1000, null],
])('the user id %s is %s in /etc/passwd', (uid, name) => {
  expect(nameIn(PASSWD, uid)).toBe(name);
});

it('root has its name on this machine', () => {
  expect(userName(0)).toBe('root');
});
