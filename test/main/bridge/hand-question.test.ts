import { expect, test } from 'vitest';
import { handQuestion, needsHand } from '../../../main/bridge/hand-question.ts';
import { type CallName, calls } from '../../../preload/contract.ts';

/** Reads, what is asked about in a dialog of its own, and what the documents of approvals and Secrets decide. */
const WITHOUT_A_HAND: readonly CallName[] = [
  'app.info',
  'settings.read',
  'settings.write',
  'gateway.status',
  'clusters.list',
  'clusters.look',
  'terminals.list',
  'terminals.foreground',
  'secrets.namespaces',
  'secrets.list',
  'secrets.reveal',
  'approvals.list',
  'approvals.earlier',
  'approvals.shows',
  'approvals.review',
  'signIn.question',
  'streams.list',
  'journal.query',
  'recordings.list',
  'recordings.read',
  'policy.state',
  'policy.upgrade',
  'policy.waiting',
  'workspace.placeAtStart',
  'workspace.moved',
];

test('case 62: every call needs a hand but those that are listed here', () => {
  const names = Object.keys(calls) as CallName[];
  expect(names.filter((name) => !needsHand(name)).sort()).toEqual([...WITHOUT_A_HAND].sort());
});

test.each((Object.keys(calls) as CallName[]).filter(needsHand))('%s is put to the person in words', (call) => {
  const { message, yes } = handQuestion(call);
  expect(message).toMatch(/^[A-Z][a-z]+ .+\?$/);
  expect(message.startsWith(`${yes} `)).toBe(true);
});
