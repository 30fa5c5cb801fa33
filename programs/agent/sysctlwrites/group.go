package sysctlwrites

import (
	"bufio"
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"golang.org/x/sys/unix"
)

// groups is a mounted cgroup v2 hierarchy, from its root on.
type groups struct {
	root *os.File
	path string // of the root, as the kernel calls it to us
	// isOnly says that there is no other hierarchy: a process in the root is in no other group then.
	isOnly bool
}

// openGroups finds the root of the node's cgroup v2. A container may see its own group alone, or none; the node's first
// process sees all, and where nobody may look there, what the container was started by does.
func openGroups() (*groups, error) {
	for {
		parent := os.Getppid()
		found, err := openGroupsOf("1", strconv.Itoa(parent), "self")
		// What starts a command in a container may end at once, and the container's own parent is ours then.
		if err == nil || os.Getppid() == parent {
			return found, err
		}
	}
}

// openGroupsOf gives the widest view that one of the processes has of cgroup v2.
func openGroupsOf(processes ...string) (*groups, error) {
	var part *os.File
	for _, process := range processes {
		for _, mount := range groupMounts(process) {
			folder, err := openGroup(filepath.Join("/proc", process, "root", mount))
			if err != nil {
				continue
			}
			if isRoot(folder) {
				if part != nil {
					part.Close()
				}
				return newGroups(folder)
			}
			// A node that is itself a container has a part of it, which is all that is the node's.
			if process == "self" || part != nil {
				folder.Close()
			} else {
				part = folder
			}
		}
	}
	if part == nil {
		return nil, errors.New("no cgroup v2 hierarchy of the node is in sight")
	}
	return newGroups(part)
}

// openGroupsAt takes a cgroup v2 for the root.
func openGroupsAt(folder string) (*groups, error) {
	root, err := openGroup(folder)
	if err != nil {
		return nil, err
	}
	return newGroups(root)
}

func newGroups(root *os.File) (*groups, error) {
	path, err := pathOf(int(root.Fd()))
	memberships, readErr := os.ReadFile("/proc/self/cgroup")
	if err := errors.Join(err, readErr); err != nil {
		root.Close()
		return nil, err
	}
	return &groups{root: root, path: path, isOnly: isV2Only(string(memberships))}, nil
}

func (g *groups) close() { g.root.Close() }

// fileIDKernfs is the type of a file handle that is a cgroup's number (FILEID_KERNFS, linux/exportfs.h).
const fileIDKernfs = 0xfe

// path of a group below the root, by its number.
func (g *groups) pathOf(number uint64) (string, error) {
	handle := unix.NewFileHandle(fileIDKernfs, binary.NativeEndian.AppendUint64(nil, number))
	group, err := unix.OpenByHandleAt(int(g.root.Fd()), handle, unix.O_PATH|unix.O_DIRECTORY|unix.O_CLOEXEC)
	if err != nil {
		return "", err
	}
	defer unix.Close(group)
	path, err := pathOf(group)
	if err != nil {
		return "", err
	}
	below, ok := strings.CutPrefix(path, strings.TrimSuffix(g.path, "/"))
	if !ok {
		return "", fmt.Errorf("%s is not below %s", path, g.path)
	}
	return "/" + strings.TrimPrefix(below, "/"), nil
}

func pathOf(fd int) (string, error) { return os.Readlink(fmt.Sprintf("/proc/self/fd/%d", fd)) }

func openGroup(path string) (*os.File, error) {
	folder, err := os.OpenFile(path, os.O_RDONLY|unix.O_DIRECTORY, 0)
	if err != nil {
		return nil, err
	}
	var system unix.Statfs_t
	if err := unix.Fstatfs(int(folder.Fd()), &system); err != nil || system.Type != unix.CGROUP2_SUPER_MAGIC {
		folder.Close()
		return nil, errors.Join(err, fmt.Errorf("%s is not a cgroup v2", path))
	}
	return folder, nil
}

// isRoot: the root alone has no cgroup.type (Documentation/admin-guide/cgroup-v2.rst).
func isRoot(folder *os.File) bool {
	var file unix.Stat_t
	return errors.Is(unix.Fstatat(int(folder.Fd()), "cgroup.type", &file, 0), unix.ENOENT)
}

// groupMounts gives where a process sees cgroup v2.
func groupMounts(process string) []string {
	file, err := os.Open(filepath.Join("/proc", process, "mountinfo"))
	if err != nil {
		return nil
	}
	defer file.Close()
	var mounts []string
	for lines := bufio.NewScanner(file); lines.Scan(); {
		place, filesystem, found := strings.Cut(lines.Text(), " - ")
		if fields := strings.Fields(place); found && len(fields) > 4 && strings.HasPrefix(filesystem, "cgroup2 ") {
			mounts = append(mounts, fields[4])
		}
	}
	return mounts
}

// isV2Only tells whether a /proc/PID/cgroup has no line but that of cgroup v2.
func isV2Only(memberships string) bool {
	return strings.HasPrefix(memberships, "0::") && strings.Count(strings.TrimSpace(memberships), "\n") == 0
}
