package text
import ("testing";"syscall";"time";"fmt";"runtime";"runtime/debug";"os")
func zcpu() time.Duration { var r syscall.Rusage; syscall.Getrusage(0,&r); return time.Duration(r.Utime.Nano()+r.Stime.Nano()) }
func TestZCPU(t *testing.T){
 l:=DefaultLexicon().NewFinder()
 for _,x:=range []string{benchText(4000),newZipfText(2).words(600),chatLines[0],chatLines[1]}{ d:=Parse(x); n:=20_000_000/len(x); s:=zcpu(); for i:=0;i<n;i++{l.Find(&d)}; e:=zcpu()-s; fmt.Printf("Find %d bytes: %.0f MB/s\n",len(x),float64(n*len(x))/1e6/e.Seconds()) }
 if os.Getenv("BIG")=="" {return}
 for _,n:=range []int{10000,100000}{ 
  var before,after runtime.MemStats; runtime.GC(); runtime.ReadMemStats(&before)
  z:=newZipfText(1); x:=NewIndex(IndexOptions{}); var lat []time.Duration
  for i:=0;i<n;i++{x.Add(int32(i),z.fields(i),int64(i))}
  runtime.GC(); runtime.ReadMemStats(&after)
  fs:=make([]Fields,4000); for i:=range fs{fs[i]=z.fields(i)}
  debug.SetGCPercent(-1)
  c:=zcpu(); for i,f:=range fs{ s:=time.Now(); x.Query(f,int64(n+i),10,nil); x.Add(int32(n+i),f,int64(n+i)); lat=append(lat,time.Since(s))}
  e:=zcpu()-c; debug.SetGCPercent(100)
  // min-ish: sort
  for i:=range lat{for j:=i;j>0&&lat[j]<lat[j-1]&&j>i-1;j--{lat[j],lat[j-1]=lat[j-1],lat[j]}}
  q:=zcpu(); for _,f:=range fs[:2000]{x.Query(f,int64(2*n),10,nil)}; eq:=zcpu()-q
  fmt.Printf("docs %d: Query+Add %v CPU per op, Query alone %v; %.1f MB per 100k; %+v\n",n,e/time.Duration(len(fs)),eq/2000,float64(after.HeapAlloc-before.HeapAlloc)/1e6/(float64(n)/1e5),x.Stats())
 }
}
