import { expect, test } from 'vitest';
import type { Bridge } from '../../../preload/contract.ts';
import { electronBridge } from '../../../renderer/live/electron-bridge.ts';

test('the bridge in Electron is what preload put on the window', async () => {
  const reply = { ok: false, problem: { code: 'none', message: '', details: '', reference: null } } as const;
  const off = () => undefined;
  const gatehouse: Bridge = { invoke: async () => reply, on: () => off };
  const bridge = electronBridge({ gatehouse } as unknown as Window);
  expect(await bridge.invoke('app.info', undefined)).toBe(reply);
  expect(bridge.on('settings.changed', () => undefined)).toBe(off);
});
