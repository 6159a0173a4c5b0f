// Reads kubeconfigs as kubectl does, for the tests that compare our own reader with it.
//
// Each line of the input is a kubeconfig: {"file": "/where/it/lies", "bytes": "base64"}. Each line of the output is what
// client-go made of it, with paths resolved and no entry left out: {"config": …} in the form of a kubeconfig, or
// {"error": "…"} where client-go refuses the file. An input with several "files" is merged as KUBECONFIG is.
package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"os"

	"k8s.io/client-go/tools/clientcmd"
	"k8s.io/client-go/tools/clientcmd/api"
	"k8s.io/client-go/tools/clientcmd/api/latest"
	v1 "k8s.io/client-go/tools/clientcmd/api/v1"
)

type question struct {
	File  string   `json:"file"`
	Bytes []byte   `json:"bytes"`
	Files []string `json:"files"`
}

type answer struct {
	Config *v1.Config `json:"config,omitempty"`
	Error  string     `json:"error,omitempty"`
}

func main() {
	if err := answerAll(os.Stdin, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func answerAll(in io.Reader, out io.Writer) error {
	questions := json.NewDecoder(bufio.NewReader(in))
	buffered := bufio.NewWriter(out)
	answers := json.NewEncoder(buffered)
	for {
		var asked question
		if err := questions.Decode(&asked); err == io.EOF {
			return buffered.Flush()
		} else if err != nil {
			return err
		}
		var said answer
		if config, err := read(asked); err != nil {
			said.Error = err.Error()
		} else {
			said.Config = config
		}
		if err := answers.Encode(said); err != nil {
			return err
		}
	}
}

func read(asked question) (*v1.Config, error) {
	config, err := load(asked)
	if err != nil {
		return nil, err
	}
	written := &v1.Config{}
	return written, latest.Scheme.Convert(config, written, nil)
}

func load(asked question) (*api.Config, error) {
	if asked.Files != nil {
		rules := clientcmd.ClientConfigLoadingRules{Precedence: asked.Files}
		return rules.Load()
	}
	config, err := clientcmd.Load(asked.Bytes)
	if err != nil {
		return nil, err
	}
	// clientcmd.LoadFromFile does the same.
	for _, cluster := range config.Clusters {
		cluster.LocationOfOrigin = asked.File
	}
	for _, user := range config.AuthInfos {
		user.LocationOfOrigin = asked.File
	}
	return config, clientcmd.ResolveLocalPaths(config)
}
