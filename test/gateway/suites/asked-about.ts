import { expect } from 'vitest';
import type { RawAnswer } from '../environment/raw-request.ts';
import type { RunningGateway } from '../environment/running-gateway.ts';

/** Ways to send what a person is asked about. */
export function sender(environment: () => RunningGateway) {
  /** Sends, denies what waits, and answers what the person was shown. */
  async function asked(send: () => Promise<RawAnswer>): Promise<string> {
    const { gateway, decideNext } = environment();
    const answering = send();
    await decideNext('deny');
    const answer = await answering;
    expect(answer.status, answer.body).toBe(403);
    const denied = gateway.approvals().find(({ state }) => state === 'DENIED');
    return denied?.intent.message ?? '';
  }

  const send = (method: string, target: string, headers: object, body: object) => (): Promise<RawAnswer> =>
    environment().request(method, target, { ...headers }, JSON.stringify(body));
  return { asked, send };
}
