// Package trackertest judges what stands between a client and a
// [tracker.Handler]: it plays one script of announces and scrapes twice, straight
// at a handler and through a frontend over loopback, and demands the same
// answers. A frontend's test says how to start it and how to talk to it:
//
//	func TestScript(t *testing.T) {
//		trackertest.Run(t, trackertest.Frontend{Serve: serve}, func() tracker.Handler {
//			return trackertest.NewPlain()
//		})
//	}
//
// The script also states what it expects, so that it judges handlers too; see
// [Plain] for the handler to compare others with.
package trackertest
