// Kernels in Go, for compare.py: the argument names one of them, or none.
package main

import (
	"bytes"
	"compress/flate"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"os"
	"sort"
	"strings"
)

// A machine with two registers and one-byte instructions.
func interpreter() string {
	code := []byte{0, 1, 2, 3, 1, 4, 0, 2, 5, 6}
	a, b, at := 1, 7, 0
	for i := 0; i < 100_000_000; i++ {
		switch code[at] {
		case 0:
			a += b
		case 1:
			b ^= a
		case 2:
			a = a*3 + 1
		case 3:
			b += 13
		case 4:
			a ^= b >> 3
		case 5:
			b = b*5 + a
		case 6:
			a &= 0xffffffff
			b &= 0xffffffff
		}
		at++
		if at == len(code) {
			at = 0
		}
	}
	return fmt.Sprint(a ^ b)
}

// The most reversals of a prefix that a permutation of n takes, when its first
// element says how long the prefix is, until that is 0.
func fannkuch() string {
	const n = 9
	var most func(permutation []int, fixed int) int
	most = func(permutation []int, fixed int) int {
		if fixed == n {
			return flips(permutation)
		}
		best := 0
		for i := fixed; i < n; i++ {
			permutation[fixed], permutation[i] = permutation[i], permutation[fixed]
			best = max(best, most(permutation, fixed+1))
			permutation[fixed], permutation[i] = permutation[i], permutation[fixed]
		}
		return best
	}
	permutation := make([]int, n)
	for i := range permutation {
		permutation[i] = i
	}
	best := 0
	for i := 0; i < 10; i++ {
		best = max(best, most(permutation, 0))
	}
	return fmt.Sprint(best)
}

func flips(permutation []int) int {
	var space [16]int
	p := space[:copy(space[:], permutation)]
	count := 0
	for p[0] != 0 {
		for i, j := 0, p[0]; i < j; i, j = i+1, j-1 {
			p[i], p[j] = p[j], p[i]
		}
		count++
	}
	return count
}

type tree struct{ left, right *tree }

func grow(depth int) *tree {
	if depth == 0 {
		return &tree{}
	}
	return &tree{grow(depth - 1), grow(depth - 1)}
}

func (t *tree) size() int {
	if t.left == nil {
		return 1
	}
	return 1 + t.left.size() + t.right.size()
}

func trees() string {
	total := 0
	for i := 0; i < 10; i++ {
		total += grow(16).size()
	}
	return fmt.Sprint(total)
}

func sorting() string {
	numbers := make([]int, 300_000)
	sum := 0
	for round := uint32(0); round < 5; round++ {
		seed := round
		for i := range numbers {
			seed = seed*1664525 + 1013904223
			numbers[i] = int(seed >> 1)
		}
		sort.Slice(numbers, func(i, j int) bool { return numbers[i] < numbers[j] })
		sum += numbers[1000]
	}
	return fmt.Sprint(sum)
}

func maps() string {
	counts := map[string]int{}
	for i := 0; i < 1_000_000; i++ {
		counts[fmt.Sprintf("key%d", i%5000)] += i
	}
	return fmt.Sprint(len(counts), counts["key77"])
}

func hashing() string {
	return fmt.Sprintf("%x", sha256.Sum256(make([]byte, 32<<20)))
}

func encoding() string {
	type record struct {
		Name   string
		Values []float64
		Sizes  map[string]int
	}
	records := make([]record, 300)
	for i := range records {
		records[i] = record{fmt.Sprint("record ", i), []float64{1.5, 2.25, float64(i)},
			map[string]int{"a": i, "b": 2 * i}}
	}
	length := 0
	for i := 0; i < 50; i++ {
		text, err := json.Marshal(records)
		if err != nil {
			panic(err)
		}
		if err := json.Unmarshal(text, &records); err != nil {
			panic(err)
		}
		length += len(text)
	}
	return fmt.Sprint(length)
}

func compression() string {
	source := strings.Repeat("She sells sea shells, 0123456789, on the sea shore. ", 20_000)
	length := 0
	for i := 0; i < 10; i++ {
		var output bytes.Buffer
		writer, err := flate.NewWriter(&output, flate.DefaultCompression)
		if err != nil {
			panic(err)
		}
		writer.Write([]byte(source))
		writer.Close()
		length += output.Len()
	}
	return fmt.Sprint(length)
}

func main() {
	kernels := map[string]func() string{
		"interpreter": interpreter, "fannkuch": fannkuch, "trees": trees,
		"sort": sorting, "map": maps, "sha256": hashing, "json": encoding,
		"flate": compression,
		"none":  func() string { return "" },
	}
	kernel, known := kernels[os.Args[1]]
	if !known {
		fmt.Fprintln(os.Stderr, "no such kernel:", os.Args[1])
		os.Exit(2)
	}
	fmt.Println(kernel())
}
