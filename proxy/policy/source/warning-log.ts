import type { PolicyState } from '../../../model/policy-state.ts';
import type { GatewayLog } from '../../gateway-log.ts';

/** Logs each warning once for as long as one policy is in force, whatever comes and goes around it. */
export class WarningLog {
  readonly #log: GatewayLog;
  readonly #said = new Set<string>();
  #digest = '';

  constructor(log: GatewayLog) {
    this.#log = log;
  }

  log({ digest, warnings }: Pick<PolicyState, 'digest' | 'warnings'>): void {
    if (digest !== this.#digest) this.#said.clear();
    this.#digest = digest;
    for (const { file, line, rule, message } of warnings) {
      const said = `${file}:${line}: ${message}`;
      if (this.#said.has(said)) continue;
      this.#said.add(said);
      this.#log.warn(
        { event: 'policy-matches-nothing', file, line, rule, why: message },
        'a rule of the policy can match nothing here',
      );
    }
  }
}
