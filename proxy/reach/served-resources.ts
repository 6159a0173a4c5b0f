import type { WatchedCluster } from '../clusters/credential-at-hand.ts';
import type { OwnConnection } from '../forward/own-connection.ts';
import { openUnlessAborted, question } from './own-question.ts';

/**
 * Which resources and subresources (`jobs`, `jobs/status`) a cluster serves of some groups, by its discovery in the form
 * that every version answers. A group that it could not be asked about, or did not answer for, is left out; one that it
 * does not have is empty. No plugin is run for it.
 * @throws whatever keeps the cluster from being asked, and the signal's reason.
 */
export async function servedResources(
  cluster: WatchedCluster,
  groups: readonly string[],
  signal: AbortSignal,
): Promise<ReadonlyMap<string, ReadonlySet<string>>> {
  const hand = await cluster.credentialAtHand();
  const served = new Map<string, ReadonlySet<string>>();
  if (hand.due) return served;
  const connection = await openUnlessAborted(cluster, hand, signal);
  try {
    for (const group of groups) {
      const resources = await resourcesOf(connection, group, signal);
      if (resources !== null) served.set(group, resources);
    }
  } finally {
    connection.close();
  }
  return served;
}

async function resourcesOf(
  connection: OwnConnection,
  group: string,
  signal: AbortSignal,
): Promise<ReadonlySet<string> | null> {
  const answer = await connection.ask(question('GET', `/apis/${group}`), null, signal);
  if (answer.status === 404) return new Set();
  const versions = answer.status === 200 ? textsIn(answer.json, 'versions', 'version') : null;
  if (versions === null) return null;
  const resources = new Set<string>();
  for (const version of versions) {
    // What a group's backend does not answer now is not known: an aggregated API may be down.
    const { status, json } = await connection.ask(question('GET', `/apis/${group}/${version}`), null, signal);
    const names = status === 200 ? textsIn(json, 'resources', 'name') : null;
    if (names === null) return null;
    for (const name of names) resources.add(name);
  }
  return resources;
}

/** The texts under one key of each entry of a list; null where the answer is of another form. */
function textsIn(json: unknown, list: string, key: string): readonly string[] | null {
  const entries = json !== null && typeof json === 'object' ? Object.entries(json) : [];
  const found: unknown = entries.find(([name]) => name === list)?.[1];
  if (!Array.isArray(found)) return null;
  const texts = found.map((entry: unknown) =>
    entry !== null && typeof entry === 'object' && key in entry
      ? Object.entries(entry).find(([name]) => name === key)?.[1]
      : null,
  );
  return texts.every((text): text is string => typeof text === 'string' && /^[a-z0-9][a-z0-9./-]*$/.test(text))
    ? texts
    : null;
}
