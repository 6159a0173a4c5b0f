import { type JsonEvents, JsonScanner, type Scanner, type ScannerOptions } from './scan/json-scanner.ts';
import { hasTape } from './scan/wasm/tape-module.ts';
import { TapeScanner } from './scan/wasm/tape-scanner.ts';

/** How JSON is read. Both ways accept and report the same. */
export type ScannerKind = 'wasm' | 'js';

/** The scanner in WebAssembly, or the one in JavaScript where that is not to be had or not wanted. */
export function createScanner(events: JsonEvents, options: ScannerOptions, kind: ScannerKind = 'wasm'): Scanner {
  return kind === 'wasm' && hasTape() ? new TapeScanner(events, options) : new JsonScanner(events, options);
}
