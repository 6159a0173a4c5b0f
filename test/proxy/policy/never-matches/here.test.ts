import { describe, expect, it } from 'vitest';
import { DEFAULT_POLICY } from '../../../../proxy/policy/default-policy/default-policy.ts';
import { parsePolicyFile } from '../../../../proxy/policy/document/parse-policy.ts';
import { groupsToLookAt } from '../../../../proxy/policy/never-matches/here.ts';
import type { SeenCluster, Surroundings } from '../../../../proxy/policy/never-matches/surroundings.ts';
import { policyWarnings } from '../../../../proxy/policy/never-matches/warnings.ts';
import { document } from '../policies.ts';

const cluster = (name: string, more: Partial<SeenCluster> = {}): SeenCluster => ({
  name,
  slug: name,
  labels: {},
  served: new Map(),
  ...more,
});
const HEADLESS: Surroundings = {
  clusters: [cluster('prod-eu')],
  otherContexts: ['prod-us'],
  sessions: ['headless'],
  principal: { user: 'local:ci', groups: ['gatehouse:local'] },
};
const APP: Surroundings = {
  ...HEADLESS,
  clusters: [cluster('kind-dev', { labels: { environment: 'other' } })],
  sessions: ['inAppTerminal', 'outside', 'app'],
};
const serving = (resources: Readonly<Record<string, readonly string[]>>): Surroundings => ({
  ...HEADLESS,
  clusters: [
    cluster('prod-eu', {
      served: new Map(Object.entries(resources).map(([group, names]) => [group, new Set(names)])),
    }),
  ],
});

const parsed = (match: string, sets = '') =>
  parsePolicyFile('p.yaml', document(`  - {id: r, effect: deny, match: {${match}}}\n`, sets)).policies;
const said = (match: string, around: Surroundings, sets = '') =>
  policyWarnings(parsed(match, sets), around).map(({ message }) => message.replace(/^spec[^:]*: /, ''));

describe('what a rule can match nothing of where the gateway runs', () => {
  it.each<[string, Surroundings, string]>([
    [
      'clusters: {names: [prod-ue]}',
      HEADLESS,
      'no cluster here is called "prod-ue", so this matches nothing; did you mean prod-eu?',
    ],
    ['clusters: {names: [staging]}', HEADLESS, 'connected: prod-eu'],
    ['clusters: {names: ["staging-*"]}', HEADLESS, 'connected: prod-eu'],
    // A folder that many gateways share names the clusters of the others: one line, not one for each name.
    [
      'clusters: {names: [staging, qa, demo]}',
      HEADLESS,
      'no cluster here is called "staging", "qa" or "demo", so this matches nothing; connected: prod-eu',
    ],
    ['clusters: {names: [a, b, c, d, e, f, g]}', HEADLESS, 'called "a", "b", "c", "d", "e" or 2 more, so'],
    ['clusters: {names: [prod-eu, prod-su]}', HEADLESS, 'did you mean prod-us?'],
    ['not: {clusters: {names: [prod-ue]}}', HEADLESS, 'did you mean prod-eu?'],
    ['clusters: {labels: {environment: production}}', HEADLESS, 'clusters have no labels here; use names'],
    ['clusters: {labels: {tier: gold}}', APP, 'no cluster here has a label tier'],
    ['clusters: {labels: {environment: prod}}', APP, 'it is one of production, demo, other'],
    ['sessions: [inAppTerminal]', HEADLESS, 'sessions of this gateway are headless'],
    ['sessions: [headless]', APP, 'sessions of this gateway are inAppTerminal, outside, app'],
    ['subjects: {users: [ci]}', HEADLESS, 'nobody who calls Gatehouse is called "ci"'],
    ['subjects: {groups: ["system:masters"]}', HEADLESS, 'here they are local:ci, group gatehouse:local'],
    ['resources: [widgets.example.com]', serving({ 'example.com': [] }), 'it has no group example.com'],
    ['resources: [widget.example.com]', serving({ 'example.com': ['widgets'] }), 'did you mean widgets.example.com?'],
    [
      'resources: [pumps.example.com]',
      serving({ 'example.com': ['widgets', 'widgets/status'] }),
      'of example.com it has widgets',
    ],
    [
      'resources: [widgets.example.com/scale]',
      serving({ 'example.com': ['widgets'] }),
      'the cluster prod-eu does not have it',
    ],
    ['resources: ["*.example.com"]', serving({ 'example.com': [] }), 'it has no group example.com'],
  ])('%s', (match, around, says) => {
    expect(said(match, around)).toEqual([expect.stringContaining(says)]);
  });

  it.each<[string, Surroundings]>([
    ['clusters: {names: [prod-eu]}', HEADLESS],
    ['clusters: {names: [prod-us]}', HEADLESS],
    ['clusters: {names: [prod, "prod-*", "*-prod"]}', HEADLESS],
    ['clusters: {names: [prod-us, prod-eu, prod-ap]}', HEADLESS],
    ['clusters: {names: [nowhere]}', { ...HEADLESS, clusters: [] }],
    ['clusters: {labels: {environment: production}}', APP],
    // Beside the demo cluster a person has contexts that it knows nothing of.
    ['clusters: {names: [prod]}', { ...APP, clusters: [cluster('demo', { labels: { environment: 'demo' } })] }],
    ['sessions: [headless, inAppTerminal]', HEADLESS],
    ['subjects: {users: ["local:somebody-else"]}', HEADLESS],
    ['subjects: {users: ["*"], groups: [anything]}', HEADLESS],
    ['subjects: {users: ["l*"]}', HEADLESS],
    // Not asked, or it did not answer: nobody knows.
    ['resources: [widgets.example.com]', HEADLESS],
    ['resources: [widgets.example.com]', { ...HEADLESS, clusters: [] }],
    [
      'resources: [widgets.example.com, widgets.example.com/status]',
      serving({ 'example.com': ['widgets', 'widgets/status'] }),
    ],
    ['resources: ["*.example.com", "*.example.com/*"]', serving({ 'example.com': ['widgets', 'widgets/status'] })],
    // A rule about another cluster says nothing of this one.
    ['resources: [widgets.example.com], clusters: {names: [prod-us]}', serving({ 'example.com': [] })],
    [
      'resources: [widgets.example.com]',
      { ...HEADLESS, clusters: [...serving({ 'example.com': [] }).clusters, cluster('unreachable')] },
    ],
  ])('nothing is said of %s', (match, around) => {
    expect(said(match, around)).toEqual([]);
  });

  it('calls a cluster by its context, and says so to who writes its slug', () => {
    const around = { ...HEADLESS, clusters: [cluster('arn:aws:eks/prod', { slug: 'arn-aws-eks-prod-12345678' })] };
    expect(said('clusters: {names: [arn-aws-eks-prod-12345678]}', around)).toEqual([
      expect.stringContaining('did you mean arn:aws:eks/prod?'),
    ]);
  });

  it('tells of a set once, where it stands, by the first rule that uses it', () => {
    const text = document(
      '  - {id: one, effect: deny, match: {clusters: $eu}}\n  - {id: two, effect: deny, match: {clusters: $eu}}\n',
      '  sets:\n    eu: {clusters: {names: [prod-ue]}}\n',
    );
    expect(policyWarnings(parsePolicyFile('p.yaml', text).policies, HEADLESS)).toMatchObject([
      { file: 'p.yaml', line: 6, rule: 'p/one', code: 'never-matches' },
    ]);
  });

  it('tells of a group that is not installed once, by the first rule that names it', () => {
    const rules = [
      '  - {id: one, effect: allow, match: {resources: [pumps.example.com, widgets.example.com, "*.example.com/*"]}}',
      '  - {id: two, effect: deny, match: {resources: ["*"], not: {resources: [widgets.example.com/status]}}}',
      '  - {id: three, effect: allow, match: {resources: [things.example.org]}}',
      '',
    ].join('\n');
    const around = serving({ 'example.com': [], 'example.org': [] });
    expect(policyWarnings(parsePolicyFile('p.yaml', document(rules)).policies, around)).toMatchObject([
      { rule: 'p/one', message: expect.stringContaining('no group example.com, so nothing of that group matches') },
      { rule: 'p/three', message: expect.stringContaining('no group example.org') },
    ]);
  });

  it('says texts so that nothing hides in them', () => {
    expect(said('clusters: {names: ["prod\\u202e"]}', HEADLESS)).toEqual([expect.stringContaining('"prod\\u202e"')]);
  });

  it('asks clusters about no group but those that only they know', () => {
    expect(
      groupsToLookAt(parsed('resources: [pods, "*.apps", "*", widgets.example.com, "*.cert-manager.io"]')),
    ).toEqual(['cert-manager.io', 'example.com']);
    const builtIn = DEFAULT_POLICY.flatMap(({ file, text }) => parsePolicyFile(file, text).policies);
    expect(groupsToLookAt(builtIn)).toEqual([]);
  });

  it.each([
    ['a headless gateway', HEADLESS],
    ['the app', APP],
  ])('says nothing of the built-in policy in %s', (_where, around) => {
    const builtIn = DEFAULT_POLICY.flatMap(({ file, text }) => parsePolicyFile(file, text).policies);
    expect(policyWarnings(builtIn, around)).toEqual([]);
  });
});
