import type { Probe } from '../../forward/probe.ts';
import { serviceAccountUser } from '../../policy/act-as.ts';
import type { ApiRequest } from '../../request/api-request.ts';
import { at } from '../fields.ts';
import { accountGroups } from '../rights/bindings.ts';
import type { ReviewQuestion } from '../rights/review-questions.ts';
import { type RightSomewhere, rightsInWords } from '../rights/rights-in-words.ts';
import { reviewRequest } from './derived-request.ts';
import type { AccountStrength, ServiceAccount } from './sight.ts';
import { answeredStatus } from './unanswered.ts';

/** Reviews in flight for one account. */
const AT_ONCE = 16;

type Answer = 'yes' | 'no' | 'not-told';

/** A question, and the namespace in which it is asked. */
interface Asked {
  readonly question: ReviewQuestion;
  readonly namespace: string;
}

/**
 * Asks the API server what an account may do, question by question, until one is answered with yes or not at all. By
 * LocalSubjectAccessReview alone, which the `admin` role of a namespace may create and which tells of rights in the
 * whole cluster too; a SubjectAccessReview would be a question to a person, where another gateway is behind this one.
 * @param namespaces the account's own first.
 * @throws {Unanswered}
 */
export async function reviewedStrength(
  account: ServiceAccount,
  questions: readonly ReviewQuestion[],
  namespaces: readonly string[],
  probe: Probe,
  request: ApiRequest,
): Promise<AccountStrength> {
  const all = namespaces.flatMap((namespace, index) =>
    questions
      .filter((question) => isAbout(question, namespace, index === 0))
      .map((question) => ({ question, namespace })),
  );
  // The first by itself: where nothing is told, one question shows it.
  for (const some of [all.slice(0, 1), ...inGroups(all.slice(1), AT_ONCE)]) {
    const answers = await Promise.all(some.map((asked) => answerTo(asked, account, probe, request)));
    const found = some.filter((_, index) => answers[index] === 'yes');
    if (found.length > 0) return { strength: 'yes', because: rightsInWords(found.map(somewhere), account.namespace) };
    if (answers.includes('not-told')) return { strength: 'not-told', because: '' };
  }
  return { strength: 'no', because: '' };
}

function isAbout({ clusterWide, namespace: only }: ReviewQuestion, namespace: string, isFirst: boolean): boolean {
  return clusterWide ? isFirst : only === null || only === namespace;
}

function somewhere({ question: { says, clusterWide }, namespace }: Asked): RightSomewhere {
  return { says, namespace: clusterWide ? '' : namespace };
}

async function answerTo(
  { question, namespace }: Asked,
  account: ServiceAccount,
  probe: Probe,
  request: ApiRequest,
): Promise<Answer> {
  const { verb, group, resource, subresource } = question;
  const path = `/apis/authorization.k8s.io/v1/namespaces/${encodeURIComponent(namespace)}/localsubjectaccessreviews`;
  const body = {
    apiVersion: 'authorization.k8s.io/v1',
    kind: 'LocalSubjectAccessReview',
    metadata: { namespace },
    spec: {
      user: serviceAccountUser(account.namespace, account.name),
      groups: accountGroups(account.namespace),
      resourceAttributes: { namespace, verb, group, resource, subresource },
    },
  };
  const { status, object } = await probe.ask(reviewRequest(request, path), Buffer.from(JSON.stringify(body)));
  if (answeredStatus(status) !== 201) return 'not-told';
  return at(object, 'status', 'allowed') === true ? 'yes' : 'no';
}

function inGroups<Item>(items: readonly Item[], size: number): Item[][] {
  return Array.from({ length: Math.ceil(items.length / size) }, (_, index) =>
    items.slice(index * size, (index + 1) * size),
  );
}
