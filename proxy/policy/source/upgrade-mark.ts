/**
 * Stands in the policy folder while an upgrade writes more than one of its files. No folder with it is taken, so that
 * half an upgrade is never in force: a gateway that runs keeps the policy it has, one that starts denies everything.
 */
export const UPGRADE_MARK = 'upgrade-unfinished.yaml';

/** What is said where the mark is found: long after an upgrade, since one takes a few milliseconds. */
export const UNFINISHED =
  'an upgrade of the policy was cut off; start the gateway again, which puts the files back as they were before it';
