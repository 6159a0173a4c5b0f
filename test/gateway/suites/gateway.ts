import type { RunningGateway } from '../environment/running-gateway.ts';
import { describeActingAsAnother } from './acting-as-another.ts';
import { describeBoundedReading } from './bounded-reading.ts';
import { describeClusterCertificates } from './cluster-certificates.ts';
import { describeEverydayWork } from './everyday-work.ts';
import { describeFilesOfConfigMaps } from './files-of-configmaps.ts';
import { describeHelm } from './helm.ts';
import { describeHelmManifests } from './helm-manifests.ts';
import { describeJournal } from './journal.ts';
import { describeJournalInPlace } from './journal-in-place.ts';
import { describeMasking } from './masking.ts';
import { describeMasksOfCopies } from './masks-of-copies.ts';
import { describeNotModified } from './not-modified.ts';
import { describeOddRequests } from './odd-requests.ts';
import { describePolicyChanges } from './policy-changes.ts';
import { describeSelfKnowledge } from './self-knowledge.ts';
import { describeTrustedHeaders } from './trusted-headers.ts';
import { describeUnseenCharacters } from './unseen-characters.ts';
import { describeUpgrades } from './upgrades.ts';
import { describeWaiting } from './waiting.ts';
import { describeWritingMasksBack } from './writing-masks-back.ts';

/** The whole gateway suite, for any cluster. The journal comes last: it looks back on all the others. */
export function describeGateway(environment: () => RunningGateway): void {
  describeEverydayWork(environment);
  describeMasking(environment);
  describeWritingMasksBack(environment);
  describeMasksOfCopies(environment);
  describeActingAsAnother(environment);
  describeTrustedHeaders(environment);
  describeClusterCertificates(environment);
  describeBoundedReading(environment);
  describeUpgrades(environment);
  describeSelfKnowledge(environment);
  describeOddRequests(environment);
  describeNotModified(environment);
  describeWaiting(environment);
  describeUnseenCharacters(environment);
  describePolicyChanges(environment);
  describeHelm(environment);
  describeHelmManifests(environment);
  describeFilesOfConfigMaps(environment);
  describeJournalInPlace(environment);
  describeJournal(environment);
}
