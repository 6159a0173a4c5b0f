// Everyday work with client-go: one line of JSON for each step, {"step": …, "failed": …, "result": …}.
package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"sort"
	"time"

	authentication "k8s.io/api/authentication/v1"
	authorization "k8s.io/api/authorization/v1"
	core "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	meta "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	applycore "k8s.io/client-go/applyconfigurations/core/v1"
	"k8s.io/client-go/informers"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/kubernetes/scheme"
	"k8s.io/client-go/rest"
	"k8s.io/client-go/tools/cache"
	"k8s.io/client-go/tools/clientcmd"
	"k8s.io/client-go/tools/remotecommand"
	"k8s.io/client-go/util/exec"
)

func main() {
	namespace := os.Args[1]
	config, err := clientcmd.BuildConfigFromFlags("", os.Getenv("KUBECONFIG"))
	if err != nil {
		panic(err)
	}
	config.WarningHandler = rest.NoWarnings{}
	client := kubernetes.NewForConfigOrDie(config)
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Minute)
	defer cancel()
	maps := client.CoreV1().ConfigMaps(namespace)
	secrets := client.CoreV1().Secrets(namespace)
	settings := func(value string) *core.ConfigMap {
		return &core.ConfigMap{ObjectMeta: meta.ObjectMeta{Name: "library"}, Data: map[string]string{"value": value}}
	}
	data := func(found *core.ConfigMap, err error) (any, error) {
		if err != nil {
			return nil, err
		}
		return found.Data, nil
	}

	step("list pods", func() (any, error) {
		found, err := client.CoreV1().Pods(namespace).List(ctx, meta.ListOptions{})
		if err != nil {
			return nil, err
		}
		names := []string{}
		for _, pod := range found.Items {
			names = append(names, pod.Name)
		}
		sort.Strings(names)
		return names, nil
	})
	step("get deployment", func() (any, error) {
		found, err := client.AppsV1().Deployments(namespace).Get(ctx, "web", meta.GetOptions{})
		if err != nil {
			return nil, err
		}
		return found.Spec, nil
	})
	step("get secret", func() (any, error) {
		found, err := secrets.Get(ctx, "db", meta.GetOptions{})
		if err != nil {
			return nil, err
		}
		return found.Data, nil
	})
	step("list secrets", func() (any, error) {
		found, err := secrets.List(ctx, meta.ListOptions{})
		if err != nil {
			return nil, err
		}
		all := []any{}
		for _, secret := range found.Items {
			all = append(all, secret.Name, secret.Data)
		}
		return all, nil
	})
	step("get what is absent", func() (any, error) { return data(maps.Get(ctx, "absent", meta.GetOptions{})) })
	step("create", func() (any, error) { return data(maps.Create(ctx, settings("1"), meta.CreateOptions{})) })
	step("create again", func() (any, error) { return data(maps.Create(ctx, settings("1"), meta.CreateOptions{})) })
	step("replace", func() (any, error) {
		read, err := maps.Get(ctx, "library", meta.GetOptions{})
		if err != nil {
			return nil, err
		}
		read.Data = map[string]string{"value": "2"}
		return data(maps.Update(ctx, read, meta.UpdateOptions{}))
	})
	step("replace with an old resourceVersion", func() (any, error) {
		old := settings("0")
		old.ResourceVersion = "1"
		return data(maps.Update(ctx, old, meta.UpdateOptions{}))
	})
	for _, patch := range []struct {
		name string
		kind types.PatchType
		body string
	}{
		{"strategic patch", types.StrategicMergePatchType, `{"data":{"strategic":"a"}}`},
		{"merge patch", types.MergePatchType, `{"data":{"merged":"b"}}`},
		{"JSON patch", types.JSONPatchType, `[{"op":"add","path":"/data/json","value":"c"}]`},
	} {
		step(patch.name, func() (any, error) {
			return data(maps.Patch(ctx, "library", patch.kind, []byte(patch.body), meta.PatchOptions{}))
		})
	}
	step("server-side apply", func() (any, error) {
		wanted := applycore.ConfigMap("library", namespace).WithData(map[string]string{"value": "3"})
		return data(maps.Apply(ctx, wanted, meta.ApplyOptions{FieldManager: "library", Force: true}))
	})
	step("watch", func() (any, error) { return watched(ctx, client, namespace) })
	step("logs", func() (any, error) {
		lines := int64(2)
		_, err := client.CoreV1().Pods(namespace).GetLogs("box", &core.PodLogOptions{TailLines: &lines}).DoRaw(ctx)
		return "text", err
	})
	step("follow logs", func() (any, error) {
		following, stop := context.WithCancel(ctx)
		defer stop()
		stream, err := client.CoreV1().Pods(namespace).GetLogs("box", &core.PodLogOptions{Follow: true}).Stream(following)
		if err != nil {
			return nil, err
		}
		return "began", stream.Close()
	})
	step("exec", func() (any, error) { return executed(ctx, config, client, namespace, false) })
	step("exec over SPDY", func() (any, error) { return executed(ctx, config, client, namespace, true) })
	step("can-i", func() (any, error) {
		asked := &authorization.ResourceAttributes{Verb: "get", Resource: "pods", Namespace: namespace}
		review := &authorization.SelfSubjectAccessReview{Spec: authorization.SelfSubjectAccessReviewSpec{ResourceAttributes: asked}}
		found, err := client.AuthorizationV1().SelfSubjectAccessReviews().Create(ctx, review, meta.CreateOptions{})
		if err != nil {
			return nil, err
		}
		return found.Status.Allowed, nil
	})
	step("create token", func() (any, error) {
		account := &core.ServiceAccount{ObjectMeta: meta.ObjectMeta{Name: "library"}}
		if _, err := client.CoreV1().ServiceAccounts(namespace).Create(ctx, account, meta.CreateOptions{}); err != nil {
			return nil, err
		}
		seconds := int64(600)
		request := &authentication.TokenRequest{Spec: authentication.TokenRequestSpec{ExpirationSeconds: &seconds}}
		found, err := client.CoreV1().ServiceAccounts(namespace).CreateToken(ctx, "library", request, meta.CreateOptions{})
		if err != nil {
			return nil, err
		}
		return found.Status.Token, nil
	})
	step("read a secret, replace it", func() (any, error) {
		read, err := secrets.Get(ctx, "db", meta.GetOptions{})
		if err != nil {
			return nil, err
		}
		found, err := secrets.Update(ctx, read, meta.UpdateOptions{})
		if err != nil {
			return nil, err
		}
		return found.Data, nil
	})
	step("delete", func() (any, error) { return "Success", maps.Delete(ctx, "library", meta.DeleteOptions{}) })
}

func step(name string, run func() (any, error)) {
	found, err := run()
	text, isText := found.(string)
	status := apierrors.APIStatus(nil)
	switch {
	case errors.As(err, &status):
		text = fmt.Sprintf("%d %s: %s", status.Status().Code, status.Status().Reason, status.Status().Message)
	case err != nil:
		text = err.Error()
	case !isText:
		encoded, _ := json.Marshal(found)
		text = string(encoded)
	}
	line, _ := json.Marshal(map[string]any{"step": name, "failed": err != nil, "result": text})
	fmt.Println(string(line))
}

// An informer, which since client-go 0.35 lists by a watch.
func watched(ctx context.Context, client kubernetes.Interface, namespace string) (any, error) {
	factory := informers.NewSharedInformerFactoryWithOptions(client, 0, informers.WithNamespace(namespace))
	informer := factory.Core().V1().ConfigMaps().Informer()
	seen := make(chan string, 1)
	_, err := informer.AddEventHandler(cache.ResourceEventHandlerFuncs{AddFunc: func(added any) {
		if found, ok := added.(*core.ConfigMap); ok && found.Name == "watched" {
			seen <- "ADDED watched"
		}
	}})
	if err != nil {
		return nil, err
	}
	watching, stop := context.WithTimeout(ctx, 30*time.Second)
	defer stop()
	factory.Start(watching.Done())
	if !cache.WaitForCacheSync(watching.Done(), informer.HasSynced) {
		return nil, errors.New("the informer did not sync")
	}
	made := &core.ConfigMap{ObjectMeta: meta.ObjectMeta{Name: "watched"}}
	if _, err := client.CoreV1().ConfigMaps(namespace).Create(ctx, made, meta.CreateOptions{}); err != nil {
		return nil, err
	}
	select {
	case found := <-seen:
		return found, nil
	case <-watching.Done():
		return nil, errors.New("no event came")
	}
}

func executed(ctx context.Context, config *rest.Config, client kubernetes.Interface, namespace string, spdy bool) (any, error) {
	command := []string{"sh", "-c", "echo out; echo err >&2; exit 3"}
	options := &core.PodExecOptions{Container: "main", Command: command, Stdout: true, Stderr: true}
	target := client.CoreV1().RESTClient().Post().Resource("pods").Namespace(namespace).Name("box").SubResource("exec").
		VersionedParams(options, scheme.ParameterCodec).URL()
	executor, err := remotecommand.NewWebSocketExecutor(config, "GET", target.String())
	if spdy {
		executor, err = remotecommand.NewSPDYExecutor(config, "POST", target)
	}
	if err != nil {
		return nil, err
	}
	var out, errOut bytes.Buffer
	err = executor.StreamWithContext(ctx, remotecommand.StreamOptions{Stdout: &out, Stderr: &errOut})
	ended := exec.CodeExitError{}
	if errors.As(err, &ended) {
		return fmt.Sprintf("%s%s%d", out.String(), errOut.String(), ended.Code), nil
	}
	return nil, err
}
