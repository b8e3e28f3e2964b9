package netns

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"slices"
	"strings"
)

// MissingError is what has to be there before a Lab can be.
type MissingError struct{ Needs []string }

func (e *MissingError) Error() string {
	return "clients in network namespaces cannot run here:\n  " + strings.Join(e.Needs, "\n  ")
}

// tool is a program that is needed, and the Debian package that has it.
type tool struct{ name, pkg string }

// Missing tells by a [MissingError] what programs and rights are not there, what the
// kernel cannot do, and how to get it. It starts nothing that lasts.
func Missing(ctx context.Context, programs []Program) error {
	if runtime.GOOS != "linux" {
		return &MissingError{[]string{"network namespaces are Linux's"}}
	}
	var needs []string
	if os.Geteuid() != 0 {
		needs = append(needs, "root: run it as root, network namespaces and their rules need that")
	}
	for _, t := range tools(programs) {
		if _, err := exec.LookPath(t.name); err != nil {
			needs = append(needs, fmt.Sprintf("%s: not installed: apt-get install %s", t.name, t.pkg))
		}
	}
	if slices.Contains(programs, Libtorrent) && python(ctx) == "" {
		needs = append(needs, "libtorrent for Python: not installed: apt-get install python3-libtorrent")
	}
	if needs == nil {
		needs = kernelNeeds(ctx)
	}
	if needs != nil {
		return &MissingError{needs}
	}
	return nil
}

func tools(programs []Program) []tool {
	list := []tool{{"ip", "iproute2"}, {"tc", "iproute2"}, {"nft", "nftables"}}
	if slices.Contains(programs, Transmission) {
		list = append(list, tool{"transmission-daemon", "transmission-daemon"})
	}
	if slices.Contains(programs, Aria2) {
		list = append(list, tool{"aria2c", "aria2"})
	}
	return list
}

// python returns an interpreter that has libtorrent; empty: none has. The first one in
// PATH may be another than the one that Debian's packages are for.
func python(ctx context.Context) string {
	for _, candidate := range []string{"/usr/bin/python3", "python3"} {
		if exec.CommandContext(ctx, candidate, "-c", "import libtorrent").Run() == nil {
			return candidate
		}
	}
	return ""
}

// kernelNeeds tries all that a Lab does in a namespace that is gone again afterwards.
func kernelNeeds(ctx context.Context) (needs []string) {
	probe := space(prefix() + "probe")
	if err := probe.add(ctx); err != nil {
		return []string{fmt.Sprintf("network namespaces: %v: a container needs CAP_SYS_ADMIN and CAP_NET_ADMIN", err)}
	}
	defer func() {
		if err := probe.remove(context.WithoutCancel(ctx)); err != nil {
			needs = append(needs, err.Error())
		}
	}()
	try := func(what, module, name string, stdin string, args ...string) {
		if err := command(ctx, stdin, name, args...); err != nil {
			needs = append(needs, fmt.Sprintf("the kernel's %s: %v: modprobe %s", what, err, module))
		}
	}
	on := string(probe)
	try("bridge", "bridge", "ip", "", "-n", on, "link", "add", "br0", "type", "bridge")
	try("veth", "veth", "ip", "", "-n", on, "link", "add", "wire0", "type", "veth", "peer", "name", "wire1")
	try("tbf", "sch_tbf", "tc", shaping("lo", 1<<20), "-n", on, "-batch", "-")
	try("nftables for bridges", "nf_tables", "ip", table, "netns", "exec", on, "nft", "-f", "-")
	return needs
}
