import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { verifyJournal } from '../../proxy/journal/verify-journal.ts';
import { inTurns, PLAIN, pause, type Scenario } from './scenario.ts';
import { startSurroundings } from './surroundings.ts';

const DEATHS = 12;

/** `kill -9` while requests are under way: whatever a client was told had happened is in the journal, whole and in its chain. */
export const suddenDeath: Scenario = {
  name: 'sudden-death',
  title: `kill -9 at any moment, ${DEATHS} times under load`,
  async run() {
    let acknowledged = 0;
    let lost = 0;
    let broken = 0;
    for (let death = 0; death < DEATHS; death += 1) {
      const surroundings = await startSurroundings();
      const answered = new Set<string>();
      let alive = true;
      const load = inTurns(100_000, 16, async (index) => {
        if (!alive) return;
        // Writes are made durable before they go on, reads are written: neither may be answered and forgotten.
        const marker = `n=${death}-${index}-end`;
        const answer = await surroundings
          .ask(index % 2 === 0 ? 'DELETE' : 'GET', `${PLAIN}/one?${marker}`)
          .catch(() => null);
        if (answer?.status === 200) answered.add(marker);
      });
      while (answered.size < 10) await pause(5);
      await pause(death * 37);
      process.kill(surroundings.gateway.pid, 'SIGKILL');
      alive = false;
      await load;
      const folder = join(surroundings.data, 'journal');
      const written = readdirSync(folder)
        .filter((file) => file.endsWith('.ndjson'))
        .map((file) => readFileSync(join(folder, file), 'utf8'))
        .join('');
      acknowledged += answered.size;
      for (const marker of answered) if (!written.includes(marker)) lost += 1;
      const { ok } = await verifyJournal(folder, { publicKey: null });
      if (!ok) broken += 1;
      await surroundings.close();
    }
    return [
      { what: 'requests that were answered', figure: String(acknowledged), holds: acknowledged > 0 },
      { what: 'of these, not in the journal', figure: String(lost), holds: lost === 0 },
      { what: 'journals whose chain does not verify', figure: String(broken), holds: broken === 0 },
    ];
  },
};
