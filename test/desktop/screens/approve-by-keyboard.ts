import { expect } from '@playwright/test';
import type { GatehouseWindow } from './gatehouse-window.ts';

/** Approves the request in the panel, which has the keyboard, by keys alone: `a`, the question, Enter. */
export async function approveByKeyboard({ page, waitingRequest }: GatehouseWindow): Promise<void> {
  await expect(waitingRequest.getByRole('main')).toBeFocused();
  await expect(waitingRequest.getByRole('button', { name: 'Approve once' })).toBeEnabled();
  const question = waitingRequest.getByRole('group', { name: /^Approve on / });
  // A key that comes in the first moment after the focus counts for nothing.
  await expect(async () => {
    await page.keyboard.press('a');
    await expect(question).toBeVisible({ timeout: 500 });
  }).toPass();
  await expect(question.getByRole('button', { name: /^Approve once on / })).toBeFocused();
  await page.keyboard.press('Enter');
}
