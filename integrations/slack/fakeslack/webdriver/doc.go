// Package webdriver drives a headless Chromium in tests, by the WebDriver
// protocol of chromedriver, which is JSON over HTTP.
//
// It owns one browser with an empty profile for each test, and ends it with the
// test. Where a machine has no Chromium the test is skipped, and says so. It
// knows nothing of the page: what is on it is named by the text that people read,
// or by a CSS selector.
//
//	b := webdriver.New(t)
//	b.Open(server.URL + "/?as=U1&channel=C1")
//	b.Type("#box", "/andon help\n")
//	b.WaitText("Only visible to you")
//	b.Click("I'm on it")
//	b.Screenshot("page.png")
//
// What does not come within ten seconds fails the test.
package webdriver
