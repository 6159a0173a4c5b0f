"""Everyday work with the Python client: one line of JSON for each step, {"step": ..., "failed": ..., "result": ...}."""

import json
import sys
import threading

from kubernetes import client, config, watch
from kubernetes.client.rest import ApiException
from kubernetes.stream import stream

namespace = sys.argv[1]
config.load_kube_config()
core = client.CoreV1Api()
apps = client.AppsV1Api()
access = client.AuthorizationV1Api()
api = core.api_client


def step(name, run):
    failed = True
    try:
        result = run()
        failed = False
    except ApiException as error:
        try:
            body = json.loads(error.body)
            result = f"{error.status} {body['reason']}: {body['message']}"
        except (TypeError, ValueError, KeyError):
            result = f"{error.status} {error.reason} {error.body}"
    except Exception as error:  # a defect on either side is a result to compare
        result = f"{type(error).__name__}: {error}"
    text = result if isinstance(result, str) else json.dumps(api.sanitize_for_serialization(result), sort_keys=True)
    print(json.dumps({"step": name, "failed": failed, "result": text}), flush=True)


def settings(value):
    return {"metadata": {"name": "library"}, "data": {"value": value}}


def replaced():
    read = core.read_namespaced_config_map("library", namespace)
    read.data = {"value": "2"}
    return core.replace_namespaced_config_map("library", namespace, read).data


def patched(body, content_type):
    # The client would choose a patch type by the body's form.
    options = {"field_manager": "library", "force": True} if "apply" in content_type else {}
    return core.patch_namespaced_config_map("library", namespace, body, _content_type=content_type, **options).data


def watched():
    made = {"metadata": {"name": "watched"}}
    threading.Timer(0.5, lambda: core.create_namespaced_config_map(namespace, made)).start()
    for event in watch.Watch().stream(core.list_namespaced_config_map, namespace, timeout_seconds=20):
        if event["object"].metadata.name == "watched":
            return f"{event['type']} watched"
    return "nothing came"


def followed():
    # Without reading it to its end, which a pod that runs on does not have.
    followed = core.read_namespaced_pod_log("box", namespace, follow=True, tail_lines=1, _preload_content=False)
    followed.close()
    return "began"


def executed():
    command = ["sh", "-c", "echo out; echo err >&2; exit 3"]
    running = stream(core.connect_get_namespaced_pod_exec, "box", namespace, command=command, container="main",
                     stderr=True, stdin=False, stdout=True, tty=False, _preload_content=False)
    running.run_forever(timeout=20)
    return f"{running.read_stdout()}{running.read_stderr()}{running.returncode}"


def asked():
    attributes = {"verb": "get", "resource": "pods", "namespace": namespace}
    review = {"spec": {"resourceAttributes": attributes}}
    return access.create_self_subject_access_review(review).status.allowed


def token():
    core.create_namespaced_service_account(namespace, {"metadata": {"name": "library"}})
    body = {"spec": {"audiences": [], "expirationSeconds": 600}}
    return core.create_namespaced_service_account_token("library", namespace, body).status.token


def secret_again():
    read = core.read_namespaced_secret("db", namespace)
    return core.replace_namespaced_secret("db", namespace, read).data


old = {"metadata": {"name": "library", "resourceVersion": "1"}, "data": {}}
applied = {"apiVersion": "v1", "kind": "ConfigMap", **settings("3")}

step("list pods", lambda: sorted(pod.metadata.name for pod in core.list_namespaced_pod(namespace).items))
step("get deployment", lambda: apps.read_namespaced_deployment("web", namespace).spec)
step("get secret", lambda: core.read_namespaced_secret("db", namespace).data)
step("list secrets", lambda: [[s.metadata.name, s.data] for s in core.list_namespaced_secret(namespace).items])
step("get what is absent", lambda: core.read_namespaced_config_map("absent", namespace))
step("create", lambda: core.create_namespaced_config_map(namespace, settings("1")).data)
step("create again", lambda: core.create_namespaced_config_map(namespace, settings("1")).data)
step("replace", replaced)
step("replace with an old resourceVersion", lambda: core.replace_namespaced_config_map("library", namespace, old).data)
step("strategic patch", lambda: patched({"data": {"strategic": "a"}}, "application/strategic-merge-patch+json"))
step("merge patch", lambda: patched({"data": {"merged": "b"}}, "application/merge-patch+json"))
step("JSON patch", lambda: patched([{"op": "add", "path": "/data/json", "value": "c"}], "application/json-patch+json"))
step("server-side apply", lambda: patched(applied, "application/apply-patch+yaml"))
step("watch", watched)
step("logs", lambda: type(core.read_namespaced_pod_log("box", namespace, tail_lines=2)).__name__)
step("follow logs", followed)
step("exec", executed)
step("can-i", asked)
step("create token", token)
step("read a secret, replace it", secret_again)
step("delete", lambda: core.delete_namespaced_config_map("library", namespace).status)
sys.exit(0)
