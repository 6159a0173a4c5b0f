import { describe, expect, it } from 'vitest';
import { redactErrorText } from '../../../../proxy/masking/status/error-text.ts';
import { REDACTED } from '../../../../proxy/masking/tokens/mask-token.ts';
import { KnownValues } from '../../../../proxy/masking/values/known-values.ts';
import { growth, LINEAR } from '../../growth.ts';

const CANARY = 'c4n4ry-/"<&>+ü-t4il';
const LEFT_OUT = '{an object, left out by Gatehouse}';
const quoted = (text: string): string => JSON.stringify(text).slice(1, -1);
const goQuoted = (text: string): string =>
  quoted(text).replace(/[<>&]/g, (c) => `\\u00${c.charCodeAt(0).toString(16)}`);

function redact(text: string, { known = [CANARY], cutsObjects = true, mayBeCut = false } = {}): string {
  const values = new KnownValues();
  for (const value of known) values.add(Buffer.from(value));
  return redactErrorText(text, { known: [values], cutsObjects, mayBeCut });
}

describe('case 46: messages of the API server', () => {
  it.each<[string, string]>([
    ['in clear', `denied: ${CANARY}!`],
    ['as JSON', `denied: ${quoted(CANARY)}!`],
    ['as Go writes JSON', `denied: ${goQuoted(CANARY)}!`],
    ['as JSON in a Go string', `denied: ${quoted(quoted(CANARY))}!`],
    ['as Go’s JSON in a Go string', `denied: ${quoted(goQuoted(CANARY))}!`],
    ['in base64', `denied: ${Buffer.from(CANARY).toString('base64')}!`],
    ['inside a longer base64 text', `denied: ${Buffer.from(`xy${CANARY}z`).toString('base64')}!`],
    ['escaped for a URL', `denied: ${encodeURIComponent(CANARY)}!`],
  ])('a value that is known goes, %s', (_, text) => {
    const redacted = redact(text);
    expect(redacted).toMatch(/^denied: .*gatehouse-masked\.v1\.redacted/);
    expect(redacted).not.toMatch(/c4n4ry|t4il|YzRuNHJ5/);
  });

  it('a value goes whole from behind letters that take more than one byte', () => {
    const known = ['hunter2-and-more', 'another-value'];
    expect(redact('größer als 1 €: hunter2-and-more, ähnlich: another-value.', { known })).toBe(
      `größer als 1 €: ${REDACTED}, ähnlich: ${REDACTED}.`,
    );
  });

  it.each<[string, string, string]>([
    [
      'the 422 of a patch that breaks a type',
      ` "" is invalid: patch: Invalid value: "{\\"env\\":[{\\"value\\":\\"old \\\\\\"one\\\\\\"\\"}]}": json: cannot unmarshal number`,
      ` "" is invalid: patch: Invalid value: ${LEFT_OUT}: json: cannot unmarshal number`,
    ],
    [
      'an immutable template',
      'spec.template: Invalid value: core.PodTemplateSpec{Spec:core.PodSpec{Env:[]core.EnvVar{{Name:"A", Value:"o}l\\"d"}}}}: field is immutable',
      `spec.template: Invalid value: ${LEFT_OUT}: field is immutable`,
    ],
    [
      'an immutable template as JSON',
      'spec.template: Invalid value: {"a":[{"b":"c}"}]}: field is immutable',
      `spec.template: Invalid value: ${LEFT_OUT}: field is immutable`,
    ],
    [
      'a strategic merge patch',
      'Invalid value: "map[data:map[a:old]]": unrecognized type',
      `Invalid value: ${LEFT_OUT}: unrecognized type`,
    ],
    [
      'an object without a kind',
      `Object 'Kind' is missing in '{"spec":{"pin":"it's old"}}'`,
      `Object 'Kind' is missing in ${LEFT_OUT}`,
    ],
    [
      'the difference between two Pods',
      'fields\n-     "Value": "ol\\"d",\n+     "Value": "n\\\\ew",\n',
      `fields\n-     "Value": "${REDACTED}",\n+     "Value": "${REDACTED}",\n`,
    ],
  ])('%s keeps what is said and loses the object, seen or not', (_, text, expected) => {
    expect(redact(text, { known: [] })).toBe(expected);
    expect(redact(text, { known: [], cutsObjects: false })).toBe(text);
  });

  it.each([
    'Pod "web" is invalid: metadata.labels: Invalid value: "a b": a valid label must be an empty string',
    'pods "web" not found',
    'Invalid value: "": must be set',
    'spec.replicas: Invalid value: -1: must be greater than or equal to 0',
    'Operation cannot be fulfilled on deployments.apps "web": the object has been modified',
    'unable to find secrets token "x": name=value',
  ])('stays as it is where it quotes nothing: %s', (text) => {
    expect(redact(text)).toBe(text);
  });

  it('a warning that was cut off in the middle of a value loses the beginning of it', () => {
    expect(redact(`warned ${CANARY.slice(0, 10)}`, { mayBeCut: true })).toBe(`warned ${REDACTED}`);
    expect(redact(`warned ${Buffer.from(CANARY).toString('base64').slice(0, 9)}`, { mayBeCut: true })).toBe(
      `warned ${REDACTED}`,
    );
  });

  it.each(['Invalid value: "{', "is missing in '{", 'Invalid value: {', '"Value": "', '{[', 'Invalid value: map['])(
    'takes its time from the length of a text alone: %s',
    async (piece) => {
      expect(await growth((times) => redact(piece.repeat(times)), 30_000)).toBeLessThan(LINEAR);
    },
  );
});
