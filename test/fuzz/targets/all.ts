import type { FuzzTarget } from '../fuzz-target.ts';
import { spdyFrames, webSocketFrames } from './frames.ts';
import { jsonBody } from './json-body.ts';
import { maskedAnswer } from './masked-answer.ts';
import { protobufBody } from './protobuf-body.ts';
import { redaction } from './redaction.ts';
import { request } from './request.ts';
import { upstreamAnswer } from './upstream-answer.ts';
import { wire } from './wire.ts';
import { yamlBody } from './yaml-body.ts';

/** Everything that reads bytes of strangers, in the order in which a request meets it. */
export const TARGETS: readonly FuzzTarget[] = [
  wire,
  request,
  jsonBody,
  yamlBody,
  protobufBody,
  upstreamAnswer,
  maskedAnswer,
  redaction,
  spdyFrames,
  webSocketFrames,
];
