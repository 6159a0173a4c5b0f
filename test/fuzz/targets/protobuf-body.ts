import { Refusal } from '../../../proxy/refusal.ts';
import { readProtobufObject } from '../../../proxy/request/protobuf/read-object.ts';
import { allow, type FuzzTarget } from '../fuzz-target.ts';
import { PROTOBUF_BODIES } from '../seeds/protobuf-bodies.ts';

/** The reader of protobuf bodies answers an object, null for what it does not know, or refuses. */
export const protobufBody: FuzzTarget = {
  name: 'protobuf-body',
  share: 20,
  seeds: PROTOBUF_BODIES,
  words: [
    'k8s\0',
    'v1',
    'Secret',
    'ConfigMap',
    'apps/v1',
    'Deployment',
    '\x0a\xff\xff\xff\xff\x0f',
    '\x12\x80\x80\x80\x80\x80\x80\x80\x80\x80\x01',
    '\x0b\x0b\x0b\x0b',
    '\x08\x96\x01',
  ],
  check(input) {
    allow([Refusal], () => readProtobufObject(input));
  },
};
