import { spawn } from 'node:child_process';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openControlSocket } from '../../../proxy/control/control-socket.ts';
import { commandLine, refreshCommandLine } from '../../../scripts/build/command-line.mjs';
import type { RunningGateway } from '../environment/running-gateway.ts';

/** Turns what follows around, and starts an escape sequence in one character. */
const UNSEEN = '\u202e\u009b2J';
// biome-ignore lint/suspicious/noControlCharactersInRegex: none of these may be left
const RAW = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/;
const WRITTEN = String.raw`\u202e\u009b2J`;

/** What a client names, as whoever decides and whoever looks it up later is shown it. */
export function describeUnseenCharacters(environment: () => RunningGateway): void {
  describe('characters that a terminal does not show as they are', () => {
    let closeSocket = async (): Promise<void> => undefined;
    beforeAll(async () => {
      await refreshCommandLine();
      const { gateway, folder } = environment();
      const log = { info: () => undefined, warn: () => undefined, error: () => undefined };
      closeSocket = await openControlSocket({ dataFolder: data(folder), gateway, owner: 'local:tester', log });
    });
    afterAll(() => closeSocket());

    const data = (folder: string) => join(folder, 'data');
    /** The command as people start it. */
    const gatehouse = async (...words: string[]): Promise<string> => {
      const program = spawn(process.execPath, [commandLine, ...words, '--data', data(environment().folder)]);
      const [out, errors] = await Promise.all([text(program.stdout), text(program.stderr)]);
      return out + errors;
    };

    it('case 69: are written out for whoever decides, in JSON that parses to what was asked, in the answer and in the journal', async () => {
      const { startKubectl, untilHeld, gateway, folder } = environment();
      const asking = startKubectl(['--as=eve', '-n', 'default', 'get', 'configmap', `web${UNSEEN}`]);
      await untilHeld();
      const [waiting] = gateway.approvals().filter(({ state }) => state === 'PENDING');
      expect(waiting?.intent.request.name).toBe(`web${UNSEEN}`);

      const listed = await gatehouse('requests');
      expect(listed).not.toMatch(RAW);
      expect(listed).toContain(`get configmaps default/web${WRITTEN}`);
      const json = await gatehouse('requests', '--json');
      expect(json).not.toMatch(RAW);
      expect(JSON.parse(json)).toContainEqual(expect.objectContaining({ id: waiting?.id, intent: waiting?.intent }));

      const denied = await gatehouse('deny', waiting?.code ?? '', '--reason', `no${UNSEEN}no`);
      expect(denied).toContain(`web${WRITTEN} as eve`);
      expect(denied).not.toMatch(RAW);
      const { stderr } = await asking.done;
      expect(stderr).toContain(`no${WRITTEN}no`);
      expect(stderr).not.toMatch(RAW);

      for (const way of [[], ['--json']]) {
        const tail = await gatehouse('journal', 'tail', '-n', '10', ...way);
        expect(tail).toContain(`web${WRITTEN}`);
        expect(tail).not.toMatch(RAW);
      }
      const journal = join(data(folder), 'journal');
      for (const name of (await readdir(journal)).filter((file) => file.endsWith('.ndjson'))) {
        expect(await readFile(join(journal, name), 'utf8')).not.toMatch(RAW);
      }
      expect(await gatehouse('journal', 'verify', '--without-witness')).toContain('nothing wrong was found');
    });

    it('case 69: of a user agent and a path that kubectl would not send', async () => {
      const { request, records } = environment();
      const answer = await request('GET', '/api/v1/nodes/web%E2%80%AEx%C2%9B2J/proxy', {
        'User-Agent': 'agent\u009b2J',
      });
      expect(answer.status).toBe(403);
      expect(answer.body).not.toMatch(RAW);
      expect(JSON.parse(answer.body)).toMatchObject({ details: { name: 'web\u202ex\u009b2J' } });
      expect((await records()).some((one) => one.type === 'decided' && one.request.userAgent.startsWith('agent'))).toBe(
        true,
      );
      const tail = await gatehouse('journal', 'tail', '-n', '1', '--json');
      expect(tail).not.toMatch(RAW);
    });
  });
}
