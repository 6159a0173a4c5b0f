/** Text of `deploy.yaml`, which lets the job of `ci.yaml` write into these namespaces. */
export function deployInto(namespaces: readonly string[]): string {
  return `# A job that may also deploy, into the namespaces of the set beneath and no others: kubectl apply, diff, scale, rollout,
# helm install, upgrade, rollback, uninstall. The namespaces are there already; the job makes and deletes none.
# Beside ci.yaml, which lets it read.
apiVersion: gatehouse/v1
kind: AccessPolicy
metadata: {name: deploy}
spec:
  sets:
    deploys-into: [${namespaces.join(', ')}]
  rules:
  # A namespace is not in itself: its labels decide how strict the security of its pods is.
  - id: writes
    effect: allow
    match:
      verbs: [create, update, patch, delete]
      resources: ["*"]
      namespaces: $deploys-into
      not: {resources: [namespaces]}

  - id: scale
    effect: allow
    match: {verbs: [update, patch], resources: ["*/scale"], namespaces: $deploys-into}

  # What would give the job more than this policy does, by whatever road: a workload that runs as a service account which
  # reads Secrets, makes pods or hands out rights; a role with such rights; a privileged pod; a token's Secret. There is
  # nobody to ask, so it is denied. A chart that needs it is installed by a person, or take its road out of the list.
  - id: acting-as-another
    effect: deny
    match:
      actsAs: {any: true, strong: true,
               through: [impersonation, token, secret, pod, exec, csr, rbac, webhook, node, controller]}
      # Looking at things is not acting; with --as it has no rule, and is denied for that.
      not: {verbs: [get, head, list, watch]}
    message: "this job may not act as {{actsAs}}"
`;
}
