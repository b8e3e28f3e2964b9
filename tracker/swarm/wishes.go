package swarm

import "slices"

// wishes is what the reply must still get: while a wish is open, steps leave a place
// free for it.
type wishes struct{ seeder, outsider bool }

// roomForWishes is the size of a reply from which on places are kept for wishes. A
// smaller one would be filled by them, and no longer by the network.
const roomForWishes = 4

func (d *draw[K]) wish() {
	d.wishes = wishes{}
	if len(d.walk.outside.spans) > 0 && d.want >= roomForWishes {
		seeders := int(d.pool.count[Seeder])
		if d.self != nobody && d.pool.role(d.self) == Seeder {
			seeders--
		}
		d.wishes = wishes{seeder: d.roles.has(Seeder) && seeders > 0, outsider: true}
	}
}

// fewSpans is how many spans are looked through for an outsider, if the first step drew
// none, before a place is kept for one.
const fewSpans = 8

// outsiders tells whether there is anybody outside; if that would take long to find out, it
// says so too.
func (d *draw[K]) outsiders() bool {
	return len(d.walk.outside.spans) > fewSpans || len(d.gather(&d.walk.outside, d.roles)) > 0
}

func (w wishes) open() (n int) {
	if w.seeder {
		n++
	}
	if w.outsider {
		n++
	}
	return n
}

// settle closes the wishes that picks of a step fulfil. It goes by where they stand, and looks
// at them only if it does not know where those outside do.
func (d *draw[K]) settle(st *step, picks []handle) {
	if d.wishes.seeder && len(picks) > 0 {
		seeders := d.pool.begin(edge(Seeder, 0))
		d.wishes.seeder = !slices.ContainsFunc(picks, func(h handle) bool { return h >= seeders })
	}
	if d.wishes.outsider && !st.inside {
		d.wishes.outsider = !slices.ContainsFunc(picks, func(h handle) bool { return d.isOutside(h) })
	}
}

func (d *draw[K]) isOutside(h handle) bool {
	of := &d.walk.outside
	if !of.known() {
		return contains(of.spans, d.record(h).is.pid())
	}
	for role := Leecher; role <= Seeder; role++ {
		if !d.has(role) {
			continue
		}
		borders := &d.borders[role]
		for i := range of.spans {
			if ends := of.ends[i]; borders[ends[0]].at <= h && h < borders[ends[1]].at {
				return true
			}
		}
	}
	return false
}

// grant fulfils the open wishes in the places left free for them.
func (d *draw[K]) grant() {
	if d.wishes.outsider {
		d.grantOne(&d.walk.outside, d.roles)
		d.note(StepOutsider)
	}
	if d.wishes.seeder {
		d.grantOne(&everywhere, Seeders)
		d.note(StepSeeder)
	}
}

// everywhere is all PIDs.
var everywhere = areaOf(allPIDs)

func (d *draw[K]) grantOne(of *area, roles Roles) {
	st := step{area: *of, kind: uniform, roles: roles, classes: allClasses, stable: d.walk.stable}
	before := len(d.picked)
	if st.stable {
		d.takeStably(&st, 1)
	} else {
		d.sample(&st, d.gather(of, roles), 1)
	}
	d.settle(&st, d.picked[before:])
}
