import type { BuiltInVersion } from '../../../../proxy/policy/default-policy/built-in-versions.ts';
import { fingerprint } from '../../../../proxy/policy/upgrade/fingerprint.ts';

/** A rule of the built-in policy as an imagined version before the first one had it. */
export const OLD_RULE = {
  id: 'proxy-verb',
  effect: 'deny',
  match: { verbs: ['proxy'], resources: ['*'] },
  message: 'the proxy of the API server is a tunnel',
};
export const OLD_RULE_TEXT = `  - id: proxy-verb
    effect: deny
    match: {verbs: [proxy], resources: ["*"]}
    message: the proxy of the API server is a tunnel
`;
/** A set of that version. */
export const OLD_SET = { users: ['system:admin'], groups: ['system:masters'] };

/** That version, for the front of the table. */
export const OLDER_VERSION: BuiltInVersion = {
  parts: { 'never/proxy-verb': fingerprint(OLD_RULE), 'never/$privileged': fingerprint(OLD_SET) },
  dropped: [],
  comments: '',
};
