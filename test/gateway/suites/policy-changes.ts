import { randomBytes } from 'node:crypto';
import { cp, mkdir, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { acceptedInMemory } from '../../../proxy/policy/source/accepted-policy.ts';
import { type Stated, stateWith } from '../../proxy/policy/source/state-with.ts';
import { type RunningGateway, startGateway } from '../environment/running-gateway.ts';

const OPEN = `apiVersion: gatehouse/v1
kind: AccessPolicy
metadata: {name: everything}
spec:
  rules:
  - {id: all, effect: allow, match: {}}
`;
const VAULT = `apiVersion: gatehouse/v1
kind: AccessPolicy
metadata: {name: vault}
spec:
  rules:
  - {id: closed, effect: deny, match: {namespaces: [kube-public]}, message: nobody goes there}
`;
const DENIED = ['get', '--raw', '/metrics'];
const NAMESPACE = `gatehouse-policy-${randomBytes(3).toString('hex')}`;

/** A gateway that does not trust its policy folder, and a program of the same user that writes into it. */
export function describePolicyChanges(environment: () => RunningGateway): void {
  describe('case 63: a change of the policy folder', () => {
    let running: RunningGateway;
    let folder: string;

    beforeEach(async () => {
      running = await startGateway(environment().cluster, 'changes', {
        acceptance: { store: acceptedInMemory(), trustsFolder: false },
      });
      folder = join(running.folder, 'policy');
    });
    afterEach(() => running.close());

    const policy: Stated = {
      state: () => running.gateway.policy(),
      onChange: (listener) => running.gateway.on('policy', listener),
    };
    const waits = () => stateWith(policy, ({ waiting }) => waiting !== null);

    it('that loosens lets kubectl do no more than before, until a person accepts it', async () => {
      await writeFile(join(folder, 'open.yaml'), OPEN);
      await rm(join(folder, 'never.yaml'));
      await rm(join(folder, 'confirm.yaml'));
      await waits();
      expect(await running.kubectl(DENIED)).toMatchObject({ code: 1, stderr: expect.stringContaining('orbidden') });
      const { digest = '', rules = [] } = running.gateway.waitingPolicy() ?? {};
      expect(rules.filter(({ opens }) => opens.length > 0).map(({ id }) => id)).toEqual(
        expect.arrayContaining(['everything/all', 'never/proxy-verb']),
      );
      await running.gateway.acceptPolicy({ digest, by: 'local:tester' });
      // Whatever the cluster itself says of it, the gateway lets it pass.
      expect((await running.kubectl(DENIED)).stderr).not.toContain('rule never/');
      const records = (await running.records()).filter((record) => record.type === 'gateway');
      expect(records.map((record) => (record.type === 'gateway' ? record.event : ''))).toEqual(
        expect.arrayContaining(['policy-waits', 'policy-accepted', 'policy-loaded']),
      );
    });

    it('is not accepted while the journal is out of its place, as nothing would say who accepted it', async () => {
      const journal = join(running.folder, 'data', 'journal');
      await writeFile(join(folder, 'open.yaml'), OPEN);
      await rm(join(folder, 'never.yaml'));
      await waits();
      const { digest = '' } = running.gateway.waitingPolicy() ?? {};
      const accept = () => running.gateway.acceptPolicy({ digest, by: 'local:tester' });
      await rename(journal, `${journal}-away`);
      await expect(accept()).rejects.toMatchObject({ code: 'journal-unavailable' });
      await rename(`${journal}-away`, journal);
      await expect.poll(() => running.kubectl(['get', 'namespaces'])).toMatchObject({ code: 0 });
      expect(await running.kubectl(DENIED)).toMatchObject({ code: 1, stderr: expect.stringContaining('orbidden') });
      await accept();
      expect(
        (await running.records()).filter((record) => record.type === 'gateway').map(({ detail }) => detail),
      ).toContainEqual(expect.stringContaining('by local:tester'));
    });

    it('that only tightens is in force for the next command', async () => {
      const list = ['get', 'configmaps', '-n', 'kube-public'];
      expect(await running.kubectl(list)).toMatchObject({ code: 0 });
      await writeFile(join(folder, 'vault.yaml'), VAULT);
      await stateWith(policy, ({ policies }) => policies.some(({ name }) => name === 'vault'));
      expect(await running.kubectl(list)).toMatchObject({
        code: 1,
        stderr: expect.stringContaining('nobody goes there'),
      });
      await rm(join(folder, 'vault.yaml'));
      await waits();
      expect(await running.kubectl(list)).toMatchObject({
        code: 1,
        stderr: expect.stringContaining('nobody goes there'),
      });
    });

    it('that waits leaves what a person is asked as it is', async () => {
      expect(await running.kubectl(['create', 'namespace', NAMESPACE])).toMatchObject({ code: 0 });
      const deletion = running.startKubectl(['delete', 'namespace', NAMESPACE, '--wait=false']);
      await running.untilHeld();
      await writeFile(join(folder, 'open.yaml'), OPEN);
      await waits();
      await running.decideNext('approve');
      expect(await deletion.done).toMatchObject({ code: 0 });
    });

    it.each<[string, (elsewhere: string) => Promise<unknown>]>([
      [
        'is emptied',
        async () => Promise.all(['everyday', 'confirm', 'never'].map((name) => rm(join(folder, `${name}.yaml`)))),
      ],
      ['is removed', () => rm(folder, { recursive: true })],
    ])('denies everything to kubectl when it %s, and says that this is no first start', async (_how, empty) => {
      await cp(folder, `${folder}-copy`, { recursive: true });
      await empty(folder);
      await stateWith(policy, ({ status }) => status === 'none');
      expect(await running.kubectl(['get', 'namespaces'])).toMatchObject({
        code: 1,
        stderr: expect.stringContaining('is not a first start'),
      });
      await cp(`${folder}-copy`, folder, { recursive: true });
      await stateWith(policy, ({ status }) => status === 'loaded');
      expect(await running.kubectl(['get', 'namespaces'])).toMatchObject({ code: 0 });
    });

    it('is noticed when the folder is swapped by a link, and opens nothing', async () => {
      const elsewhere = join(running.folder, 'elsewhere');
      await mkdir(elsewhere);
      await writeFile(join(elsewhere, 'open.yaml'), OPEN);
      await rename(folder, `${folder}-away`);
      await symlink(elsewhere, folder);
      const { notices } = await waits();
      expect(notices).toEqual([expect.stringContaining('leads to another place now')]);
      expect(await running.kubectl(DENIED)).toMatchObject({ code: 1, stderr: expect.stringContaining('orbidden') });
      expect(
        (await running.records()).filter((record) => record.type === 'gateway').map(({ event }) => event),
      ).toContain('policy-folder-noticed');
    });
  });
}
