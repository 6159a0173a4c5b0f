import { generateKeyPairSync } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { DecidedRecord, FinishedRecord } from '../../../model/journal-record.ts';
import type { GatewayLog } from '../../../proxy/gateway-door.ts';
import { type JournalOptions, openJournal } from '../../../proxy/journal/open-journal.ts';
import { uuidV7 } from '../../../proxy/uuid-v7.ts';

export const silentLog: GatewayLog = { info: () => undefined, warn: () => undefined, error: () => undefined };

const pair = generateKeyPairSync('ed25519');
export const signingKey = pair.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
export const publicKey = pair.publicKey.export({ type: 'spki', format: 'pem' }).toString();

export async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'gatehouse-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

/** Opens a journal that the test's end closes. */
export async function openTestJournal(folder: string, options: Partial<JournalOptions> = {}) {
  const journal = await openJournal({
    folder,
    signingKey,
    retention: { days: 30, bytes: 100_000_000 },
    log: silentLog,
    ...options,
  });
  onTestFinished(() => journal.close());
  return journal;
}

export function decided(
  change: Partial<Pick<DecidedRecord, 'auditId' | 'cluster' | 'effective'>> & {
    readonly user?: string;
    readonly session?: string;
    readonly resource?: string;
    readonly name?: string;
    readonly outcome?: DecidedRecord['decision']['outcome'];
    readonly rule?: string;
  } = {},
): DecidedRecord {
  const { user = 'local:ada', session = 'terminal-1', resource = 'pods', name = 'web-0' } = change;
  return {
    type: 'decided',
    auditId: change.auditId ?? uuidV7(),
    principal: { user, groups: ['gatehouse:local'], session: { kind: 'inAppTerminal', id: session } },
    effective: change.effective ?? null,
    credential: 'admin',
    cluster: change.cluster ?? 'prod',
    request: {
      method: 'GET',
      target: `/api/v1/namespaces/shop/${resource}/${name}`,
      verb: 'get',
      policyVerb: 'get',
      apiGroup: '',
      apiVersion: 'v1',
      resource,
      subresource: '',
      namespace: 'shop',
      name,
      userAgent: 'kubectl/v1.36.3',
      kubectlCommand: 'kubectl get',
      kubectlSession: null,
      upgrade: null,
    },
    decision: {
      outcome: change.outcome ?? 'allow',
      code: null,
      rule: change.rule ?? 'default/reads',
      matchedRules: ['default/reads'],
      message: '',
      policyDigest: 'd'.repeat(64),
    },
    approval: null,
  };
}

export function finished(auditId: string, status = 200): FinishedRecord {
  return {
    type: 'finished',
    auditId,
    status,
    code: null,
    bytesToClient: 512,
    bytesFromClient: 0,
    maskedValues: 0,
    durationMs: 12,
    upstreamMs: 9,
    ended: null,
  };
}
