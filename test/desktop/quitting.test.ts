import { once } from 'node:events';
import type { ElectronApplication } from '@playwright/test';
import { expect, test } from './launch/demo-test.ts';
import { readRecordings } from './launch/recordings-on-disk.ts';

/** Answers the app's question with this button, and keeps what it asked. */
function answerQuestions(electron: ElectronApplication, button: number): Promise<void> {
  return electron.evaluate(({ dialog }, response) => {
    const asked: string[] = [];
    Reflect.set(globalThis, 'asked', asked);
    dialog.showMessageBox = async (...given: unknown[]) => {
      asked.push((given.at(-1) as { detail: string }).detail);
      return { response, checkboxChecked: false };
    };
  }, button);
}
const asked = (electron: ElectronApplication) => electron.evaluate(() => Reflect.get(globalThis, 'asked') as string[]);

test('quitting with an open terminal and a waiting request asks once, and what waited is told', async ({ demo }) => {
  const { gatehouse, terminal, electron, folders } = demo;
  await terminal.run('kubectl get pods');
  await terminal.start('kubectl delete namespace storefront');
  await expect(gatehouse.waiting).toBeVisible();

  await test.step('saying no changes nothing', async () => {
    await answerQuestions(electron, 1);
    await electron.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.close());
    await expect.poll(() => asked(electron)).toEqual(['1 open terminal ends, and 1 waiting request is refused.']);
    await expect(gatehouse.waiting).toBeVisible();
  });

  await test.step('saying yes refuses what waited and ends the shell, the recording and the app', async () => {
    await answerQuestions(electron, 0);
    const main = electron.process();
    const ended = once(main, 'exit');
    await electron.evaluate(({ app }) => app.quit());
    await ended;
    expect(main.exitCode).toBe(0);
    const { text } = readRecordings(folders.recordings);
    expect(text).toMatch(/"end":"closed"/);
  });
});

test('the end of the system’s session is not held up by a question', async ({ demo }) => {
  const { electron, terminal, folders } = demo;
  await terminal.run('kubectl get pods');
  await answerQuestions(electron, 1);
  const main = electron.process();
  const ended = once(main, 'exit');
  main.kill('SIGTERM');
  await ended;
  expect(main.exitCode).toBe(0);
  expect(readRecordings(folders.recordings).text).toMatch(/"end":"closed"/);
});
