import { spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { notificationOf, notificationSchema, testNotification } from '../../cli/gateway/notify/notification.ts';
import { NOTIFY_FLAGS } from '../../cli/gateway/notify/notify-flags.ts';
import { readSecrets, signedHeaders } from '../../cli/gateway/notify/webhook-signature.ts';
import { LOG_EVENTS } from '../../proxy/log-events.ts';
import { anApproval } from '../cli/gateway/events/happenings.ts';
import { codes, filesBelow, read, section, tableRows } from './documents.ts';

const document = read('docs/operations.md');
const logs = section(document, '## Logs');
const notifications = section(document, '## Notifications');
const folder = mkdtempSync(join(tmpdir(), 'gatehouse-recipes-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const from = { cluster: 'prod', context: 'prod', host: 'srv', user: 'local:ada', dataFolder: '/data' };
const hostile = `local:"$(touch ${folder}/owned)'\`id\``;

/** A block of code, by the words behind its fence. */
function block(words: string): string {
  const [, code] = new RegExp(`^\`\`\`${words}\n([\\s\\S]*?)^\`\`\`$`, 'm').exec(notifications) ?? [];
  if (code === undefined) throw new Error(`no block "${words}"`);
  return code;
}

const has = (program: string) => spawnSync('sh', ['-c', `command -v ${program}`]).status === 0;

describe('the events of the log', () => {
  const rows = tableRows(logs).filter(([event = '']) => /^`[a-z-]+`$/.test(event));

  it('are documented, each once, in their order', () => {
    expect(rows.map(([event = '']) => codes(event)[0])).toEqual([...LOG_EVENTS]);
  });

  it('have levels that there are, and say something', () => {
    for (const [event, level = '', says = ''] of rows) {
      expect(level, event).toMatch(/^(?:debug|info|warn|error)(?:, (?:debug|info|warn|error))*$/);
      expect(says, event).not.toBe('');
    }
  });

  it('are all in use', () => {
    const sources = ['proxy', 'cli', 'main'].flatMap(filesBelow).filter((file) => !file.endsWith('log-events.ts'));
    const text = sources.map(read).join('\n');
    for (const event of LOG_EVENTS) expect(text, event).toContain(`'${event}'`);
  });
});

describe('notifications', () => {
  it('have their flags documented', () => {
    const flags = tableRows(notifications).flatMap(([flag = '']) => /^`--([a-z-]+)/.exec(flag)?.[1] ?? []);
    expect(flags).toEqual(Object.keys(NOTIFY_FLAGS));
  });

  it('have their types documented', () => {
    const types = notificationSchema.options.map((option) => option.shape.type.value);
    for (const type of types) expect(codes(section(document, '### What they say'))).toContain(type);
  });

  it('have a JSON Schema that is what the program sends', () => {
    const schema = { title: 'What a Gatehouse gateway tells a program or a webhook', ...jsonSchema() };
    expect(JSON.parse(read('docs/notification.schema.json'))).toEqual(schema);
  });
});

/** Receivers have to take fields that are new, so the schema lets them through. */
function jsonSchema(): object {
  const open = (part: unknown): unknown => {
    if (Array.isArray(part)) return part.map(open);
    if (part === null || typeof part !== 'object') return part;
    const entries = Object.entries(part).filter(([key, value]) => key !== 'additionalProperties' || value !== false);
    return Object.fromEntries(entries.map(([key, value]) => [key, open(value)]));
  };
  return open(z.toJSONSchema(notificationSchema, { reused: 'ref' })) as object;
}

describe('what receivers are given to check a signature', () => {
  const secret = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';
  const { id, body } = testNotification({ ...from, host: 'sörver' });
  const signed = (seconds: number) => signedHeaders({ id, body }, readSecrets(`${secret}\n`) ?? [], seconds);
  const now = Math.floor(Date.now() / 1_000);
  const good = signed(now);
  const cases = [
    { headers: good, body },
    { headers: { ...good, 'webhook-signature': `v1,AAAA ${good['webhook-signature']}` }, body },
    { headers: good, body: `${body} ` },
    { headers: { ...good, 'webhook-id': 'msg_other' }, body },
    { headers: { ...good, 'webhook-timestamp': String(now - 1) }, body },
    { headers: { ...good, 'webhook-signature': 'v1,é' }, body },
    { headers: signed(now - 301), body },
  ];
  const verdicts = [true, true, false, false, false, false, false];

  it.skipIf(!has('python3'))('works in Python, word for word (needs python3)', () => {
    const run = `${block('python')}
import json, sys
print(json.dumps([verify("${secret}", one["headers"], one["body"].encode()) for one in json.load(sys.stdin)]))`;
    const { stdout, stderr } = spawnSync('python3', ['-c', run], { input: JSON.stringify(cases), encoding: 'utf8' });
    expect(stderr).toBe('');
    expect(JSON.parse(stdout)).toEqual(verdicts);
  });

  it('works in Node, word for word', () => {
    const file = join(folder, 'verify.mjs');
    const run = `import { readFileSync } from 'node:fs';
const cases = JSON.parse(readFileSync(0, 'utf8'));
console.log(JSON.stringify(cases.map(({ headers, body }) => verify('${secret}', headers, Buffer.from(body)))));`;
    writeFileSync(file, `${block('js')}\n${run}`);
    const { stdout, stderr } = spawnSync(process.execPath, [file], { input: JSON.stringify(cases), encoding: 'utf8' });
    expect(stderr).toBe('');
    expect(JSON.parse(stdout)).toEqual(verdicts);
  });
});

describe.skipIf(!has('jq'))('the recipes of programs, word for word (need jq),', () => {
  const asked = anApproval({ principal: { ...anApproval().intent.principal, user: hostile } });
  const waits = notificationOf({ kind: 'approval-asked', approval: asked }, from)?.body ?? '';
  const decided = testNotification(from).body;

  /** Runs a recipe with a stub in place of the program that tells, which keeps what it is given. */
  function told(program: string, body: string): string {
    const kept = join(folder, `${program}.kept`);
    rmSync(kept, { force: true });
    const write = (name: string, text: string) => {
      writeFileSync(join(folder, name), text);
      chmodSync(join(folder, name), 0o700);
    };
    write(program, `#!/bin/sh\n{ printf '%s\\n' "$@"; [ "$0" = "${folder}/notify-send" ] || cat; } > '${kept}'\n`);
    write(`recipe-${program}`, block(`sh ${program}`));
    const { status, stderr } = spawnSync(join(folder, `recipe-${program}`), {
      input: `${body}\n`,
      encoding: 'utf8',
      env: { PATH: `${folder}:${process.env['PATH']}` },
    });
    // The file with the chat's address is not there.
    expect(stderr.replace(/^cat: .*chat-url.*\n/, '')).toBe('');
    expect(status).toBe(0);
    try {
      return readFileSync(kept, 'utf8');
    } catch {
      return '';
    }
  }

  it.each(['notify-send', 'mail', 'curl'])(
    'tell by %s what waits, read nothing of it as a command, and are silent else',
    (program) => {
      const words = told(program, waits);
      expect(words).toContain('delete namespace shop');
      expect(words).toContain('7F3K');
      expect(words.replaceAll('\\"', '"')).toContain(hostile);
      expect(told(program, decided)).toBe('');
      expect(() => readFileSync(join(folder, 'owned'))).toThrow();
    },
  );
});
