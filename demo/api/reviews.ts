import type { Attributes } from '../access/authorization.ts';
import { authenticated, type User } from '../access/user.ts';
import { isJsonObject, type Json, type JsonObject, objectAt, textAt, textsAt, timestamp } from '../store/json.ts';
import type { ResourceKind } from '../store/resource-kinds.ts';
import { answer } from './answer.ts';
import { readBody } from './body-codec.ts';
import { bodyOf, type Call, fieldValidation } from './call.ts';

function attributesOf(spec: JsonObject, user: User): Attributes {
  const resource = objectAt(spec, 'resourceAttributes');
  return {
    user,
    verb: textAt(resource, 'verb') || textAt(spec, 'nonResourceAttributes', 'verb'),
    group: textAt(resource, 'group'),
    resource: textAt(resource, 'resource'),
    subresource: textAt(resource, 'subresource'),
    namespace: textAt(resource, 'namespace'),
    name: textAt(resource, 'name'),
    path: textAt(spec, 'nonResourceAttributes', 'path'),
  };
}

function accessStatus(call: Call, spec: JsonObject, user: User): JsonObject {
  const granted = call.cluster.authorizer.decide(attributesOf(spec, user));
  if (!granted) return { allowed: false };
  // Members of system:masters pass before RBAC is asked, and no reason is given.
  return user.groups.includes('system:masters')
    ? { allowed: true }
    : { allowed: true, reason: `RBAC: allowed by ${granted.binding}` };
}

function reviewedUser(spec: JsonObject): User {
  const user = authenticated(textAt(spec, 'user'), textsAt(spec, 'groups'), textAt(spec, 'uid'));
  return { ...user, groups: textsAt(spec, 'groups') };
}

function rulesStatus(call: Call, spec: JsonObject): JsonObject {
  const rules = call.cluster.authorizer.rulesFor(call.user, textAt(spec, 'namespace')).map(({ rule }) => rule);
  const only = (field: string): Json[] =>
    rules.filter((rule) => textsAt(rule, field).length > 0).map((rule) => ({ ...rule }));
  return { resourceRules: only('resources'), nonResourceRules: only('nonResourceURLs'), incomplete: false };
}

function selfStatus(call: Call): JsonObject {
  const { username, uid, groups, extra } = call.user;
  const extras = Object.fromEntries(Object.entries(extra).map(([key, values]): [string, Json] => [key, [...values]]));
  return {
    userInfo: {
      username,
      ...(uid ? { uid } : {}),
      groups: [...groups],
      ...(Object.keys(extras).length > 0 ? { extra: extras } : {}),
    },
  };
}

function statusFor(call: Call, kind: string, spec: JsonObject): JsonObject {
  switch (kind) {
    case 'SelfSubjectReview':
      return selfStatus(call);
    case 'SelfSubjectRulesReview':
      return rulesStatus(call, spec);
    case 'SelfSubjectAccessReview':
      return accessStatus(call, spec, call.user);
    default:
      return accessStatus(call, spec, reviewedUser(spec));
  }
}

/** Answers the review kinds: who am I, may I, may they, what may I. Nothing is kept. */
export async function createReview(call: Call, kind: ResourceKind): Promise<void> {
  const review = readBody(await bodyOf(call.request), call.headers.first('Content-Type'), kind, fieldValidation(call));
  const spec = isJsonObject(review['spec']) ? review['spec'] : {};
  const status = statusFor(call, kind.kind, spec);
  const metadata = kind.kind === 'SelfSubjectReview' ? { creationTimestamp: timestamp() } : {};
  answer(call, 201, { ...review, metadata, ...(kind.kind === 'SelfSubjectReview' ? {} : { spec }), status });
}
