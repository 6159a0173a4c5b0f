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

/**
 * A dialog that no test asked for is cancelled at once and noted: none may come up in ordinary use, such as the question
 * about a call that no hand was seen behind (`main/bridge/hands.ts`).
 */
export async function noteUnexpectedDialogs(electron: ElectronApplication): Promise<void> {
  await electron.evaluate(({ dialog }) => {
    const unexpected: string[] = [];
    Reflect.set(globalThis, 'unexpectedDialogs', unexpected);
    Reflect.set(dialog, 'showMessageBox', (...given: Array<{ message?: string; cancelId?: number }>) => {
      const { message = '', cancelId = 0 } = given.at(-1) ?? {};
      unexpected.push(message);
      return Promise.resolve({ response: cancelId, checkboxChecked: false });
    });
  });
}

/** Their messages so far; none where the app has ended. */
export function unexpectedDialogs(electron: ElectronApplication): Promise<string[]> {
  return electron.evaluate(() => Reflect.get(globalThis, 'unexpectedDialogs') as string[]).catch(() => []);
}
