package main

import (
	"fmt"
	"net"
	"os"

	"github.com/rogpeppe/go-internal/testscript"
)

// manager makes the script a service manager: what daemons tell it (sd_notify(3)) is written into a file, one quoted message a
// line.
func manager(ts *testscript.TestScript, _ bool, args []string) {
	if len(args) != 1 {
		ts.Fatalf("usage: manager FILE")
	}
	dir, err := os.MkdirTemp("", "notify") // a socket's path must be short
	ts.Check(err)
	conn, err := net.ListenUnixgram("unixgram", &net.UnixAddr{Name: dir + "/socket", Net: "unixgram"})
	ts.Check(err)
	told, err := os.Create(ts.MkAbs(args[0]))
	ts.Check(err)
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		buffer := make([]byte, 1<<16)
		for {
			n, err := conn.Read(buffer)
			if err != nil {
				return
			}
			fmt.Fprintf(told, "%q\n", buffer[:n])
		}
	}()
	ts.Defer(func() {
		conn.Close()
		<-ended
		told.Close()
		os.RemoveAll(dir)
	})
	ts.Setenv("NOTIFY_SOCKET", dir+"/socket")
}
