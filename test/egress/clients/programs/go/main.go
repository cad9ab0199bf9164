// Go clients of the egress matrix. Built twice: static, with Go's own resolver, and with cgo.
package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"strings"
	"time"
)

func get(host string) (string, error) {
	client := http.Client{Timeout: 15 * time.Second}
	answer, err := client.Get("http://" + host + "/")
	if err != nil {
		return "", err
	}
	defer answer.Body.Close()
	if answer.StatusCode != 200 {
		return "", fmt.Errorf("status %d", answer.StatusCode)
	}
	return answer.Status, nil
}

// A reset after the handshake is a refusal: only an answer counts.
func raw(host string) (string, error) {
	connection, err := net.DialTimeout("tcp", net.JoinHostPort(host, "80"), 4*time.Second)
	if err != nil {
		return "", err
	}
	defer connection.Close()
	connection.SetDeadline(time.Now().Add(15 * time.Second))
	fmt.Fprint(connection, "GET / HTTP/1.0\r\n\r\n")
	if n, err := connection.Read(make([]byte, 1)); n == 0 {
		return "", errors.Join(errors.New("closed"), err)
	}
	return "answered", nil
}

func main() {
	kind, zone, address := os.Args[1], os.Args[2], os.Args[3]
	type probe struct {
		client string
		run    func() (string, error)
	}
	name := func(client string) string { return client + "." + zone }
	probes := []probe{
		{kind + "-http", func() (string, error) { return get(name(kind + "-http")) }},
		{kind + "-raw", func() (string, error) { return raw(name(kind + "-raw")) }},
	}
	if strings.HasPrefix(zone, "denied") {
		probes = append(probes, probe{kind + "-address", func() (string, error) { return raw(address) }})
	}
	rows := make(chan map[string]string)
	for _, one := range probes {
		go func() {
			answer, err := one.run()
			row := map[string]string{"client": one.client, "answer": answer}
			if err != nil {
				row = map[string]string{"client": one.client, "error": err.Error()}
			}
			rows <- row
		}()
	}
	for range probes {
		json.NewEncoder(os.Stdout).Encode(<-rows)
	}
}
