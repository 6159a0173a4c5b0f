import type { ElectronApplication } from '@playwright/test';

/** Every dialog of the system's is answered with this button at once, and its words are kept. */
export async function answerDialogs(electron: ElectronApplication, response = 1): Promise<void> {
  await electron.evaluate(({ dialog }, button) => {
    const asked: string[] = [];
    Reflect.set(globalThis, 'askedDialogs', asked);
    Reflect.set(dialog, 'showMessageBox', (...given: Array<{ message?: string; detail?: string }>) => {
      const { message = '', detail = '' } = given.at(-1) ?? {};
      asked.push([message, detail].join('\n').trim());
      return Promise.resolve({ response: button, checkboxChecked: false });
    });
  }, response);
}

export function dialogs(electron: ElectronApplication): Promise<string[]> {
  return electron.evaluate(() => Reflect.get(globalThis, 'askedDialogs') as string[]);
}

/** Their messages alone. */
export async function dialogMessages(electron: ElectronApplication): Promise<string[]> {
  return (await dialogs(electron)).map((words) => words.split('\n')[0] ?? '');
}
