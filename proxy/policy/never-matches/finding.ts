import type { DocumentPath } from '../document/parse-policy.ts';

/** `impossible` by the text alone, on any cluster; `unlikely` where an old, a newer or an extended cluster could tell otherwise. */
export type Certainty = 'impossible' | 'unlikely';

/** Takes what is found, in the order of the document. */
export type Report = (certainty: Certainty, path: DocumentPath, message: string) => void;
