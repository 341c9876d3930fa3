// Judges a gameday journal with Porcupine: one register for each payment, partitioned by key. An operation is the
// handling of one delivery, from its Fetch answer to its COMMIT; it ends as "inserted" or "absorbed". A last read
// returns how many ledger rows the payment has. Prints one line of JSON.
package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"math"
	"os"
	"syscall"
	"time"

	"github.com/anishathalye/porcupine"
)

type event struct {
	Seq      int64    `json:"seq"`
	Stream   string   `json:"stream"`
	Instance *string  `json:"instance"`
	Key      *string  `json:"key"`
	Keys     []string `json:"keys"`
	Boundary string   `json:"boundary"`
	Tag      *string  `json:"tag"`
	Table    string   `json:"table"`
	Op       string   `json:"op"`
	Position *struct {
		Topic string `json:"topic"`
	} `json:"position"`
	InputTopic string `json:"inputTopic"`
	After      *struct {
		PaymentID string `json:"payment_id"`
	} `json:"after"`
}

const (
	inserted = "inserted"
	absorbed = "absorbed"
	unknown  = "unknown"
)

type input struct {
	isRead bool

	name string
}

type output struct {
	what string
	rows int
}

var payment = porcupine.Model{
	Init: func() interface{} { return 0 },
	Step: func(state, in, out interface{}) (bool, interface{}) {
		rows, said := state.(int), out.(output)
		if in.(input).isRead {
			return said.rows == rows, rows
		}
		switch said.what {
		case inserted:
			return rows == 0, 1
		case absorbed:
			return rows == 1, rows
		default:
			return true, 1
		}
	},
}

type history struct {
	clients    map[string]int
	inputTopic string
	byKey      map[string][]porcupine.Operation
	rowsBy     map[string][]string
	events     int
	last       int64
}

func main() {
	began := time.Now()
	seen := read(os.Args[1])
	readMs := time.Since(began).Milliseconds()
	began = time.Now()
	operations, illegal := 0, 0
	for key, ops := range seen.byKey {
		ops = seen.finished(key, ops)
		operations += len(ops)
		if !porcupine.CheckOperations(payment, ops) {
			illegal++
		}
	}
	checkMs := time.Since(began).Milliseconds()
	var usage syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &usage); err != nil {
		fail(err)
	}
	cpuMs := (usage.Utime.Nano() + usage.Stime.Nano()) / 1_000_000
	fmt.Printf(`{"events":%d,"keys":%d,"operations":%d,"illegal":%d,"readMs":%d,"checkMs":%d,"cpuMs":%d,"rssMb":%d}`+"\n",
		seen.events, len(seen.byKey), operations, illegal, readMs, checkMs, cpuMs, usage.Maxrss/1024)
}

func read(path string) *history {
	file, err := os.Open(path)
	if err != nil {
		fail(err)
	}
	defer file.Close()
	seen := &history{clients: map[string]int{}, byKey: map[string][]porcupine.Operation{}, rowsBy: map[string][]string{}}
	lines := bufio.NewScanner(file)
	lines.Buffer(make([]byte, 1<<20), 64<<20)
	for lines.Scan() {
		var each event
		if err := json.Unmarshal(lines.Bytes(), &each); err != nil {
			fail(err)
		}
		seen.see(each)
	}
	if err := lines.Err(); err != nil {
		fail(err)
	}
	return seen
}

func (seen *history) see(each event) {
	seen.events++
	seen.last = each.Seq
	switch {
	case each.Stream == "header":
		seen.inputTopic = each.InputTopic
	case each.Stream == "delivery" && each.Key != nil && each.Position.Topic == seen.inputTopic:
		call := porcupine.Operation{ClientId: seen.client(*each.Instance), Input: input{name: *each.Instance},
			Call: each.Seq, Output: output{what: unknown}, Return: math.MaxInt64}
		seen.byKey[*each.Key] = append(seen.byKey[*each.Key], call)
	case each.Boundary == "postgres.commit.applied" && each.Tag != nil && *each.Tag == "COMMIT":
		for _, key := range each.Keys {
			seen.committed(key, *each.Instance, each.Seq)
		}
	case each.Stream == "effect" && each.Table == "ledger_entries" && each.Op == "insert":
		by := ""
		if each.Instance != nil {
			by = *each.Instance
		}
		seen.rowsBy[each.After.PaymentID] = append(seen.rowsBy[each.After.PaymentID], by)
	}
}

// committed ends the open handling of a key by this instance.
func (seen *history) committed(key, instance string, seq int64) {
	ops := seen.byKey[key]
	for index := range ops {
		if ops[index].Return == math.MaxInt64 && ops[index].Input.(input).name == instance {
			ops[index].Return = seq
			return
		}
	}
}

// finished says of each handling whether it inserted, and reads the rows at the end.
func (seen *history) finished(key string, ops []porcupine.Operation) []porcupine.Operation {
	rows := append([]string(nil), seen.rowsBy[key]...)
	for index := range ops {
		if ops[index].Return == math.MaxInt64 {
			continue
		}
		ops[index].Output = output{what: absorbed}
		for at, by := range rows {
			if by == ops[index].Input.(input).name {
				ops[index].Output = output{what: inserted}
				rows[at] = "taken"
				break
			}
		}
	}
	reads := porcupine.Operation{ClientId: len(seen.clients), Input: input{isRead: true}, Call: seen.last + 1,
		Output: output{rows: len(seen.rowsBy[key])}, Return: seen.last + 2}
	return append(ops, reads)
}

func (seen *history) client(name string) int {
	id, isKnown := seen.clients[name]
	if !isKnown {
		id = len(seen.clients)
		seen.clients[name] = id
	}
	return id
}

func fail(err error) {
	fmt.Fprintln(os.Stderr, err)
	os.Exit(1)
}
