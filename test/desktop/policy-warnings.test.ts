import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { AxeBuilder } from '@axe-core/playwright';
import { expect, test } from './launch/demo-test.ts';

const DENIES = `apiVersion: gatehouse/v1
kind: AccessPolicy
metadata: {name: mine}
spec:
  rules:
  - {id: elsewhere, effect: deny, match: {resources: [pods, nodes], namespaces: [shop], verbs: [delete]}}
  - {id: server, effect: deny, match: {sessions: [headless]}}
  - {id: labelled, effect: deny, match: {clusters: {labels: {environment: prod}}}}
`;

for (const theme of ['light', 'dark'] as const) {
  test.describe(`in ${theme} colours`, () => {
    test.use({ settings: { theme } });

    test('Settings says what of the policy matches nothing here, and no banner does', async ({ demo }, testInfo) => {
      const { gatehouse, folders } = demo;
      const { page } = gatehouse;
      writeFileSync(join(folders.root, 'policy', 'mine.yaml'), DENIES);
      await gatehouse.open('Settings');
      const warnings = page.getByRole('list', { name: 'Matches nothing here' });
      await expect(warnings.getByRole('listitem')).toHaveCount(3);
      await expect(warnings).toContainText('"nodes" belongs to the whole cluster');
      await expect(warnings).toContainText('mine.yaml:6:');
      await expect(warnings).toContainText('mine/elsewhere');
      await expect(warnings).toContainText('it is one of production, demo, other');
      await expect(page.getByText('In force', { exact: true })).toBeVisible();
      await expect(gatehouse.notices).not.toContainText('matches nothing');
      await warnings.scrollIntoViewIfNeeded();
      await testInfo.attach(`warnings-${theme}.png`, { body: await page.screenshot(), contentType: 'image/png' });
      const { violations } = await new AxeBuilder({ page }).setLegacyMode(true).include('#policy').analyze();
      expect(violations.map(({ id }) => id)).toEqual([]);

      const everywhere = DENIES.replace('namespaces: [shop], ', '');
      writeFileSync(join(folders.root, 'policy', 'mine.yaml'), everywhere);
      await expect(warnings.getByRole('listitem')).toHaveCount(2);
    });
  });
}
