import { offerInWords } from '../../../model/policy-upgrade-words.ts';
import type { GatewayLog } from '../../gateway-log.ts';
import { planUpgrade } from './policy-upgrade.ts';
import { PolicyUpgradeError } from './policy-upgrade-error.ts';
import { takeBackUnfinished } from './take-back.ts';

/**
 * Before a gateway opens its policy folder: puts back what an upgrade that was cut off left, and logs in one line how many
 * rules of this version the folder is behind. Writes nothing into a folder that is somebody else's. Never throws: what is wrong with the folder is said when it is opened.
 */
export async function lookAtFolder(
  folder: string,
  log: GatewayLog,
  { ownsPolicy = true }: { readonly ownsPolicy?: boolean } = {},
): Promise<void> {
  try {
    if (ownsPolicy && (await takeBackUnfinished(folder)))
      log.warn({ event: 'policy-upgrade-undone', folder }, 'took an upgrade of the policy back that was cut off');
    const { parts } = await planUpgrade(folder);
    const behind = offerInWords(parts);
    if (behind === null) return;
    const rules = parts.filter(({ offered }) => offered).map(({ id }) => id);
    log.info(
      { event: 'policy-behind', folder, rules },
      `${behind}: "gatehouse policy upgrade" shows ${rules.length === 1 ? 'it' : 'them'}`,
    );
  } catch (error) {
    // Any folder may be unreadable, and none may keep a gateway from saying so itself.
    if (error instanceof PolicyUpgradeError && error.code !== 'policy-upgrade-unfinished') return;
    log.warn(
      { event: 'policy-not-compared', folder, error },
      'could not compare the policy folder with the built-in policy',
    );
  }
}
