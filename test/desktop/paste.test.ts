import { expect, test } from './launch/demo-test.ts';
import { readRecordings } from './launch/recordings-on-disk.ts';

test('several lines are asked about in the document of the terminal before they reach the shell', async ({ demo }) => {
  const { terminal, folders, window } = demo;
  const question = terminal.frame.getByRole('dialog', { name: 'Paste 2 lines?' });
  const paste = (lines: string) =>
    terminal.frame.getByRole('textbox', { name: 'Terminal input' }).evaluate((input, text) => {
      const clipboardData = new DataTransfer();
      clipboardData.setData('text/plain', text);
      input.dispatchEvent(new ClipboardEvent('paste', { clipboardData, bubbles: true, cancelable: true }));
    }, lines);

  await paste('echo one-$((20 + 1))\necho two-$((20 + 2))');
  await expect(question).toContainText('echo two-');
  await window.keyboard.press('Escape');
  await expect(question).toBeHidden();
  // Nothing of it is in the line that the shell reads next.
  expect((await terminal.run('echo three-$((20 + 3))')).output).toContain('three-23');
  expect(readRecordings(folders.recordings).output).not.toContain('one-');

  await paste('echo one-$((20 + 1))\necho two-$((20 + 2))');
  await expect(question.getByRole('button', { name: 'Paste' })).toBeFocused();
  await window.keyboard.press('Enter');
  await expect(question).toBeHidden();
  await window.keyboard.press('Enter');
  await terminal.shows('two-22');
});
