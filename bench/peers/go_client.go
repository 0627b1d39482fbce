// Go's net/http, bare. Usage: go_client URL IN_FLIGHT SECONDS
package main

import (
	"fmt"
	"io"
	"net/http"
	"os"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"time"
)

func cpu() float64 {
	var used syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &used); err != nil {
		panic(err)
	}
	return float64(used.Utime.Sec+used.Stime.Sec) + float64(used.Utime.Usec+used.Stime.Usec)/1e6
}

func main() {
	url := os.Args[1]
	inFlight, _ := strconv.Atoi(os.Args[2])
	seconds, _ := strconv.ParseFloat(os.Args[3], 64)
	runtime.GOMAXPROCS(1)
	client := &http.Client{Transport: &http.Transport{MaxIdleConns: inFlight, MaxIdleConnsPerHost: inFlight}}
	body := strings.Repeat("x", 120)
	var calls atomic.Int64
	var stop atomic.Bool
	var all sync.WaitGroup
	for i := 0; i < inFlight; i++ {
		all.Add(1)
		go func() {
			defer all.Done()
			for !stop.Load() {
				answer, err := client.Post(url, "application/json", strings.NewReader(body))
				if err != nil {
					panic(err)
				}
				if _, err = io.ReadAll(answer.Body); err != nil {
					panic(err)
				}
				answer.Body.Close()
				calls.Add(1)
			}
		}()
	}
	time.Sleep(time.Duration(seconds * 0.1 * float64(time.Second)))
	cpuBefore, callsBefore, began := cpu(), calls.Load(), time.Now()
	time.Sleep(time.Duration(seconds * float64(time.Second)))
	made := calls.Load() - callsBefore
	fmt.Printf("calls=%d seconds=%.3f cpu_us=%.4f\n", made, time.Since(began).Seconds(), (cpu()-cpuBefore)*1e6/float64(made))
	stop.Store(true)
	all.Wait()
}
