import type { GainedIdentity } from '../../../model/gained-identity.ts';
import type { Sight } from '../look/sight.ts';
import type { Gained } from './service-account.ts';

/**
 * The identities with their strength; each stays, for a rule may be about any. Where the API server does not tell, an
 * account counts as strong, `default` apart: that is nobody in particular, so it is incidental unless it is strong.
 * Where the API server does not answer in time, `default` is strong too.
 */
export function withStrength(
  gained: readonly Gained[],
  strengthOf: Sight['strengthOf'],
): Promise<readonly GainedIdentity[]> {
  return Promise.all(
    gained.map(async ({ account, ...identity }): Promise<GainedIdentity> => {
      if (account === null) return { ...identity, strong: true };
      const { strength, because } = await strengthOf(account);
      const says = because === '' ? identity.says : `${identity.says} (it ${because})`;
      if (account.name !== 'default') return { ...identity, strong: strength !== 'no', says };
      if (strength === 'yes' || strength === 'no-answer') return { ...identity, strong: true, says };
      return { ...identity, strong: false, incidental: true };
    }),
  );
}
