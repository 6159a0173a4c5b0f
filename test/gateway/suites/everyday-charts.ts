import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type AgreeingPerson, seatAgreeingPerson } from '../environment/agreeing-person.ts';
import type { RunningGateway } from '../environment/running-gateway.ts';
import { CHARTS } from '../everyday/charts.ts';
import { costOfSteps } from '../everyday/cost-of-steps.ts';
import { dayWith, type StepTaken } from '../everyday/day-with-a-chart.ts';
import { differences } from '../everyday/what-charts-ask.ts';

const FOLDER = join(import.meta.dirname, '..', 'fixtures', 'charts');

/** What charts hold where the cluster serves it (`.Capabilities` in their templates, `crds/`). */
const IN_CHARTS = [
  'customresourcedefinitions.apiextensions.k8s.io',
  'validatingwebhookconfigurations.admissionregistration.k8s.io',
  'ingresses.networking.k8s.io',
  'ingressclasses.networking.k8s.io',
  'poddisruptionbudgets.policy',
  'horizontalpodautoscalers.autoscaling',
];

/** Ten well-known kinds of chart under the built-in policy: what the table lists asks, with its reason, and nothing else. */
export function describeEverydayCharts(environment: () => RunningGateway): void {
  describe('everyday charts', () => {
    let person: AgreeingPerson;
    let served: ReadonlySet<string> = new Set();
    const taken: StepTaken[] = [];

    beforeAll(async () => {
      person = seatAgreeingPerson(environment());
      const { stdout } = await environment().directly(['api-resources', '-o', 'name']);
      served = new Set(stdout.split('\n'));
      const missing = IN_CHARTS.filter((resource) => !served.has(resource));
      if (missing.length > 0)
        console.log(`Tried on a real API server alone, as this one lacks it: ${missing.join(', ')}`);
    });
    afterAll(async () => {
      person.leave();
      console.log(costOfSteps(taken, await environment().cluster.auditLog()));
    });

    it.concurrent.each(CHARTS)(
      '$name asks what the table lists, and nothing else',
      async (chart) => {
        const { steps, masked } = await dayWith(environment(), person, chart, join(FOLDER, chart.name), served);
        taken.push(...steps);
        expect(differences(steps, served).join('\n')).toBe('');
        expect(masked, 'what is shown masked outside of Secrets').toEqual(chart.masked);
      },
      600_000,
    );
  });
}
