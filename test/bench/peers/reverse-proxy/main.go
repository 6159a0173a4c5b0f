// A TLS reverse proxy of Go's own library, as plain as it comes: the peer of the forwarding figures.
// Arguments: URL of the upstream, file of its authority, file of the certificate, file of its key.
package main

import (
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"net"
	"net/http"
	"net/http/httputil"
	"net/url"
	"os"
)

func check(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func main() {
	upstream, err := url.Parse(os.Args[1])
	check(err)
	authority, err := os.ReadFile(os.Args[2])
	check(err)
	pool := x509.NewCertPool()
	pool.AppendCertsFromPEM(authority)
	certificate, err := tls.LoadX509KeyPair(os.Args[3], os.Args[4])
	check(err)
	proxy := httputil.NewSingleHostReverseProxy(upstream)
	proxy.Transport = &http.Transport{
		TLSClientConfig:     &tls.Config{RootCAs: pool},
		MaxIdleConnsPerHost: 1024,
		DisableCompression:  true,
		TLSNextProto:        map[string]func(string, *tls.Conn) http.RoundTripper{},
	}
	proxy.FlushInterval = -1
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	check(err)
	fmt.Printf("ready %d\n", listener.Addr().(*net.TCPAddr).Port)
	server := &http.Server{Handler: proxy, TLSNextProto: map[string]func(*http.Server, *tls.Conn, http.Handler){}}
	check(server.Serve(tls.NewListener(listener, &tls.Config{Certificates: []tls.Certificate{certificate}, NextProtos: []string{"http/1.1"}})))
}
